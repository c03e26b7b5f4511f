import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsToml } from '../../src/config/write.ts';
import { complete, file, folder, load, refused, useSettingsFile } from './settings-file.ts';

useSettingsFile();

describe('settings', () => {
  test('a password that is written out is refused with the fix, and not repeated.', async () => {
    expect(await refused(complete.replace('password-file = "reader.password"', 'password = "hunter2"'))).toBe(
      'dmsa.toml: [directory] password: a secret is never written here: use password-file, password-env, password-command',
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
      '[powershell] credential-user: give credential-user and credential-password-file (-env, -command) together',
    );
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
});
