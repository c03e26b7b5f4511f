import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsToml } from '../../src/config/write.ts';
import { complete, file, folder, load, refused, useSettingsFile } from './settings-file.ts';

useSettingsFile();

describe('settings', () => {
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
});
