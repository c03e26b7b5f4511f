import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadClientSettings, loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';
import { settingsToml } from '../../src/config/write.ts';
import { errorKinds } from '../../src/domain/errors/errors.ts';
import { complete, file, folder, load, refused, useSettingsFile } from './settings-file.ts';

useSettingsFile();

describe('settings', () => {
  test('a missing key is named with an example of its form.', async () => {
    expect(await refused(complete.replace('user = "admin"', ''))).toBe(
      'dmsa.toml: [powershell] user: is missing: write user = "CONTOSO\\\\svc-dmsa"',
    );
    expect(await refused(complete.replace('password-file = "reader.password"', ''))).toBe(
      'dmsa.toml: [directory] password-file: is missing: write password-file = "directory.password"',
    );
  });

  test('a URL that is no LDAP is refused.', async () => {
    expect(await refused(complete.replace('ldaps://', 'https://'))).toBe(
      'dmsa.toml: [directory] urls: is not acceptable: write it as urls = ["ldaps://dc1.contoso.com:636"]',
    );
  });

  test('a key or section that does not exist is refused, with the one that was meant.', async () => {
    expect(await refused(complete.replace('ca-file', 'caFile'))).toBe(
      'dmsa.toml: [directory] caFile: there is no such setting: write ca-file',
    );
    expect(await refused(`${complete}\n[wroker]\ntask-queue = "x"`)).toBe(
      'dmsa.toml: [wroker]: there is no such section',
    );
  });

  test('a slip in a name is told with the name that was meant, wherever it was written.', async () => {
    const fixOf = async (loading: Promise<unknown>): Promise<string> => {
      const thrown = await loading.then(
        () => null,
        (error) => error,
      );
      expect(thrown).toMatchObject({ code: 'SETTINGS_INVALID' });
      return thrown.fix;
    };
    const written = async (content: string) => {
      await writeFile(file, content);
      return await fixOf(load());
    };
    const rest = errorKinds.SETTINGS_INVALID.fix;
    expect(await written(`${complete}\n[wroker]\ntask-queue = "x"`)).toBe(`Did you mean [worker]? ${rest}`);
    expect(await written(complete.replace('ca-file', 'ca-fiel'))).toBe(`Did you mean ca-file? ${rest}`);
    expect(await written(complete.replace('ca-file', 'frobnicate'))).toBe(rest);
    await writeFile(file, complete);
    expect(await fixOf(load({}, { 'worker.taks-queue': 'x' }))).toBe(`Did you mean task-queue? ${rest}`);
    expect(await fixOf(load({}, { 'wroker.task-queue': 'x' }))).toBe(
      `Did you mean worker.task-queue? ${rest}`,
    );
    expect(await fixOf(load({ DMSA_DIRECTORY_URL: 'x' }))).toBe(`Did you mean DMSA_DIRECTORY_URLS? ${rest}`);
  });

  test('a variable of another name is nobody’s slip, nor is one that a setting names.', async () => {
    const env = { DMSA_CMDLET_PASSWORD: 'x', DMSA_LOG_LEVELS: '', DMSA_WORKER: 'x' };
    expect((await load(env)).worker.taskQueue).toBe('dmsa');
    const named = { DMSA_DIRECTORY_PASSWORD_ENV: 'DMSA_DIRECTORY_PASSWORDS', DMSA_DIRECTORY_PASSWORDS: 'x' };
    expect((await load(named)).directory).toMatchObject({ password: { env: 'DMSA_DIRECTORY_PASSWORDS' } });
  });

  test('what is not TOML is refused with line and column.', async () => {
    expect(await refused('[directory]\nurls = [\n')).toMatch(/^dmsa\.toml:\d+:\d+: this is not TOML: /);
  });

  test('a file that was named and is not there is refused; one that was not named may be absent.', async () => {
    const absent = join(folder, 'absent.toml');
    await expect(loadSettings({ configFile: absent, env: {} })).rejects.toThrow(
      `${absent}: the settings cannot be read (ENOENT)`,
    );
    await rm(file);
    expect(await loadClientSettings({ env: {}, folder })).toEqual({
      worker: { taskQueue: 'dmsa' },
      records: { folder: join(folder, 'records') },
    });
  });

  test('a setting that does not exist is refused as a flag too.', async () => {
    await expect(load({}, { 'directory.cafile': 'x' })).rejects.toThrow(
      '--set directory.cafile: there is no such setting: write ca-file',
    );
    await expect(load({}, { 'directory.password': 'x' })).rejects.toThrow('a secret is never written here');
  });

  test('paths of the file are relative to the file, names become lower case, the rest is filled in.', async () => {
    expect(await load()).toEqual({
      directory: {
        urls: ['ldaps://dc1.lab.example:636'],
        caFile: join(folder, 'ca.pem'),
        user: 'reader@lab.example',
        password: { file: join(folder, 'reader.password') },
      },
      management: { host: 'mgmt.lab.example' },
      powershell: {
        transport: 'ssh',
        user: 'admin',
        privateKeyFile: join(folder, 'id'),
        passphrase: null,
        knownHostsFile: join(folder, 'known_hosts'),
        credential: null,
      },
      hosts: { 'web01.lab.example': { address: '127.0.0.1', port: 2222 } },
      worker: { taskQueue: 'dmsa' },
      records: { folder: '/elsewhere/records' },
    } satisfies Settings);
  });

  test('flags win over the environment, and the environment over the file.', async () => {
    const env = {
      DMSA_DIRECTORY_URLS: 'ldaps://a.lab.example, ldaps://b.lab.example',
      DMSA_POWERSHELL_USER: 'from-env',
      DMSA_DIRECTORY_CA_FILE: 'env-ca.pem',
      DMSA_LOG_LEVEL: 'debug',
      DMSA_PWSH: 'not a setting',
    };
    const settings = await load(env, { 'powershell.user': 'from-flag' });
    expect(settings.directory.urls).toEqual(['ldaps://a.lab.example', 'ldaps://b.lab.example']);
    expect(settings.directory.caFile).toBe('/elsewhere/env-ca.pem');
    expect(settings.powershell).toMatchObject({ user: 'from-flag' });
    expect(settings.log).toEqual({ level: 'debug' });
  });

  test('what settingsToml writes is read back to the same settings.', async () => {
    const settings: Settings = {
      directory: {
        urls: ['ldaps://127.0.0.1:1636'],
        caFile: null,
        user: 'CN=Ünal\\, "R",DC=lab,DC=example',
        password: { env: 'SECRET' },
      },
      management: { host: 'mgmt.lab.example' },
      powershell: {
        transport: 'ssh',
        user: 'LAB\\admin',
        privateKeyFile: 'C:\\keys\\id',
        passphrase: { command: ['pass', 'show', 'a b'] },
        knownHostsFile: '/k/known hosts',
        credential: { user: 'LAB\\da', password: { file: '/k/da' } },
      },
      hosts: { 'web01.lab.example': { address: '127.0.0.1', port: 2222 } },
      worker: { taskQueue: 'q' },
      records: { folder: '/records' },
      log: { level: 'info' },
    };
    await writeFile(file, settingsToml(settings));
    const read = await load();
    expect({ ...read, powershell: { ...read.powershell, privateKeyFile: 'C:\\keys\\id' } }).toEqual(settings);
    expect(read.powershell).toMatchObject({ privateKeyFile: expect.stringMatching(/C:\\keys\\id$/) });
  });
});
