import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { loadClientSettings, loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';
import { settingsToml } from '../../src/config/write.ts';
import { errorKinds } from '../../src/domain/errors/errors.ts';

const complete = `
[directory]
urls = ["ldaps://dc1.lab.example:636"]
ca-file = "ca.pem"
user = "reader@lab.example"
password-file = "reader.password"

[management]
host = "Mgmt.lab.example"

[powershell]
user = "admin"
private-key-file = "id"
known-hosts-file = "known_hosts"

[hosts."Web01.lab.example"]
address = "127.0.0.1"
port = 2222
`;

describe('settings', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-settings-'));
    file = join(folder, 'dmsa.toml');
    await writeFile(file, complete);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const load = (env: NodeJS.ProcessEnv = {}, flags: Record<string, string> = {}) =>
    loadSettings({ configFile: file, env, flags, folder: '/elsewhere' });

  async function refused(content: string): Promise<string> {
    await writeFile(file, content);
    const error = await load().then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'DmsaError', code: 'SETTINGS_INVALID' });
    expect(error.message).not.toContain('\n');
    return error.message.replace(file, 'dmsa.toml');
  }

  test('a password that is written out is refused with the fix, and not repeated.', async () => {
    expect(await refused(complete.replace('password-file = "reader.password"', 'password = "hunter2"'))).toBe(
      'dmsa.toml: [directory] password: a secret is never written here: use password-file, password-env, password-command',
    );
  });

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

  test('a host address without a usable port is refused.', async () => {
    expect(await refused(complete.replace('2222', '70000'))).toBe(
      'dmsa.toml: [hosts] "Web01.lab.example": must be { address = "10.0.0.5", port = 22, fingerprint = "SHA256:…" }',
    );
  });

  test('no login over SSH, two of them, or a part of one is refused.', async () => {
    const login = (lines: string) => refused(complete.replace('private-key-file = "id"', lines));
    expect(await login('')).toBe(
      'dmsa.toml: [powershell] private-key-file: is missing: write private-key-file = "id_ed25519" (or agent, or password-file)',
    );
    expect(await login('private-key-file = "id"\nagent = true')).toBe(
      `dmsa.toml: [powershell] agent: is given together with ${file}: [powershell] private-key-file: keep one login`,
    );
    expect(await login('agent = "/run/agent"\npassword-env = "X"')).toBe(
      `dmsa.toml: [powershell] password-env: is given together with ${file}: [powershell] agent: keep one login`,
    );
    expect(await login('agent = "/run/agent"\npassphrase-env = "X"')).toBe(
      'dmsa.toml: [powershell] passphrase-env: needs private-key-file',
    );
    expect(await login('agent = true')).toBe(
      'dmsa.toml: [powershell] agent: there is no SSH_AUTH_SOCK in the environment: start an agent, or write its path',
    );
    expect(await login('private-key-file = "id"\njump-user = "x"')).toBe(
      'dmsa.toml: [powershell] jump-user: needs jump-host',
    );
  });

  test('without known_hosts and without a fingerprint nothing is trusted, and that is refused.', async () => {
    const without = complete.replace('known-hosts-file = "known_hosts"', '');
    expect(await refused(without)).toBe(
      'dmsa.toml: [powershell] known-hosts-file: is missing: write known-hosts-file = "known_hosts"',
    );
    for (const wrong of ['"MD5:00:11"', '"SHA256:short"', '[]', '7'])
      expect(await refused(without.replace('port = 2222', `fingerprint = ${wrong}`))).toContain(
        '[hosts] "Web01.lab.example": must be',
      );
  });

  test('half a client certificate, or one next to a password, is refused.', async () => {
    const byCertificate = (lines: string) =>
      complete.replace('user = "reader@lab.example"\npassword-file = "reader.password"', lines);
    expect(await refused(byCertificate('certificate-file = "a.pem"'))).toBe(
      '[directory] certificate-file: needs private-key-file',
    );
    expect(await refused(byCertificate('private-key-file = "a.key"'))).toBe(
      '[directory] private-key-file: needs certificate-file',
    );
    expect(await refused(byCertificate('private-key-passphrase-env = "X"'))).toBe(
      '[directory] private-key-passphrase: needs private-key-file',
    );
    const both = 'certificate-file = "a.pem"\nprivate-key-file = "a.key"';
    expect(await refused(byCertificate(`${both}\nuser = "x"`))).toBe(
      'dmsa.toml: [directory] user: is given together with a client certificate: keep one of them',
    );
    expect(await refused(byCertificate(`${both}\npassword-env = "X"`))).toBe(
      'dmsa.toml: [directory] password-env: is given together with a client certificate: keep one of them',
    );
    expect(await refused(byCertificate(`${both}\nprivate-key-passphrase = "hunter2"`))).toBe(
      'dmsa.toml: [directory] private-key-passphrase: a secret is never written here: use private-key-passphrase-file, private-key-passphrase-env, private-key-passphrase-command',
    );
    expect(await refused(byCertificate(''))).toBe(
      'dmsa.toml: [directory] user: is missing: write user = "svc-dmsa@contoso.com"',
    );
  });

  test('two places for one secret are refused.', async () => {
    expect(await refused(complete.replace('password-file', 'password-env = "X"\npassword-file'))).toBe(
      `dmsa.toml: [directory] password-env: is given together with ${file}: [directory] password-file: keep one`,
    );
  });

  test('half a credential is refused.', async () => {
    await expect(load({ DMSA_POWERSHELL_CREDENTIAL_USER: 'LAB\\admin' })).rejects.toThrow(
      '[powershell] credential-user: needs credential-password-file, -env or -command',
    );
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

  test('a secret may be an environment variable, which takes the place of the file that dmsa.toml names.', async () => {
    const env = { DMSA_DIRECTORY_PASSWORD: 'hunter2', DMSA_POWERSHELL_PASSPHRASE_COMMAND: 'pass show key' };
    const settings = await load(env);
    expect(settings.directory).toMatchObject({ password: { env: 'DMSA_DIRECTORY_PASSWORD' } });
    expect(settings.powershell).toMatchObject({ passphrase: { command: ['pass', 'show', 'key'] } });
    expect(JSON.stringify(settings)).not.toContain('hunter2');
  });

  test('a client certificate takes the place of user and password, and StartTLS that of LDAPS.', async () => {
    const lines =
      'urls = ["ldap://dc1.lab.example"]\ncertificate-file = "a.pem"\nprivate-key-file = "/k/a.key"\nprivate-key-passphrase-file = "p"';
    await writeFile(
      file,
      complete
        .replace('urls = ["ldaps://dc1.lab.example:636"]', lines)
        .replace('user = "reader@lab.example"\npassword-file = "reader.password"', '')
        .replace('port = 2222', ''),
    );
    const settings = await load();
    expect(settings.directory).toEqual({
      urls: ['ldap://dc1.lab.example'],
      caFile: join(folder, 'ca.pem'),
      certificateFile: join(folder, 'a.pem'),
      privateKeyFile: '/k/a.key',
      passphrase: { file: join(folder, 'p') },
    });
    expect(settings.hosts).toEqual({ 'web01.lab.example': { address: '127.0.0.1' } });
    await writeFile(file, settingsToml(settings));
    expect(await load()).toEqual(settings);
  });

  test('agent, password, jump host and fingerprints are read, and written back to the same settings.', async () => {
    const print = (letter: string) => `SHA256:${letter.repeat(43)}`;
    const content = complete
      .replace('known-hosts-file = "known_hosts"', 'jump-host = "Bastion.lab.example"')
      .replace('address = "127.0.0.1"\nport = 2222', `fingerprint = "${print('A')}"`);
    await writeFile(file, content.replace('private-key-file = "id"', 'agent = true'));
    const byAgent = await load({ SSH_AUTH_SOCK: '/run/agent' });
    expect(byAgent.powershell).toEqual({
      transport: 'ssh',
      user: 'admin',
      agent: '/run/agent',
      knownHostsFile: null,
      jump: { host: 'bastion.lab.example', user: 'admin' },
      credential: null,
    });
    expect(byAgent.hosts).toEqual({
      'web01.lab.example': { address: 'web01.lab.example', fingerprint: [print('A')] },
    });
    await writeFile(file, settingsToml(byAgent));
    expect(await load()).toEqual(byAgent);

    const several = `fingerprint = ["${print('A')}", "${print('B')}"]`;
    const lines = 'jump-user = "hop"\npassword-file = "p"';
    await writeFile(
      file,
      content.replace('private-key-file = "id"', lines).replace(`fingerprint = "${print('A')}"`, several),
    );
    const byPassword = await load();
    expect(byPassword.powershell).toEqual({
      transport: 'ssh',
      user: 'admin',
      password: { file: join(folder, 'p') },
      knownHostsFile: null,
      jump: { host: 'bastion.lab.example', user: 'hop' },
      credential: null,
    });
    expect(byPassword.hosts['web01.lab.example']!.fingerprint).toEqual([print('A'), print('B')]);
    await writeFile(file, settingsToml(byPassword));
    expect(await load()).toEqual(byPassword);
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
