import { describe, expect, test } from 'vitest';
import { complete, refused, useSettingsFile } from './settings-file.ts';

useSettingsFile();

describe('settings', () => {
  test('a host address without a usable port is refused.', async () => {
    expect(await refused(complete.replace('2222', '70000'))).toBe(
      'dmsa.toml: [hosts] "Web01.lab.example": must be { address = "10.0.0.5", port = 22, fingerprint = "SHA256:…" }',
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
});
