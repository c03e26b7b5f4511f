import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadClientSettings, loadSettings } from '../../src/config/load.ts';
import { settingsToml } from '../../src/config/write.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(toml: string, env: NodeJS.ProcessEnv = {}) {
  await writeFile(join(folder, 'dmsa.toml'), toml);
  return await loadClientSettings({ folder, env });
}

const codecServer = (lines: string) => `[codec-server]\n${lines}`;

test.each([
  [
    '[encryption]\nkeys = "a c2VjcmV0"',
    '[encryption] keys: a secret is never written here: use keys-file, keys-env, keys-command',
  ],
  ['[encryption]\nkey-id = "a"', '[encryption] key-id: needs keys-file, -env or -command'],
  ['[encryption]\nkeys-file = "k"\nkey = "a"', '[encryption] key: there is no such setting'],
  [
    codecServer('token-issuer = "https://login.contoso.com"'),
    '[codec-server] token-issuer: give token-issuer, token-audience and jwks-url together, or none of them',
  ],
  [
    codecServer('jwks-url = "http://login.contoso.com/keys"'),
    '[codec-server] jwks-url: is not acceptable: write it as jwks-url = "https://login.contoso.com/keys"',
  ],
])('%j is refused, and no secret is repeated', async (toml, message) => {
  const error = await load(toml).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'SETTINGS_INVALID',
    message: `${join(folder, 'dmsa.toml')}: ${message}`,
  });
  expect(error.message).not.toContain('c2VjcmV0');
});

const whole = (url: string) =>
  codecServer(`token-issuer = "https://login.contoso.com"\ntoken-audience = "dmsa"\njwks-url = "${url}"`);

test.each([
  'http://login.contoso.com/keys',
  'http://127.0.0.1.contoso.com/keys',
  'http://localhost.contoso.com/keys',
  // Everything before the @ is the name of a user.
  'http://localhost:pw@login.contoso.com/keys',
  'http://127.0.0.1:80@login.contoso.com/keys',
  'http://10.0.0.1/keys',
  'ftp://127.0.0.1/keys',
  'file:///etc/keys',
  'login.contoso.com/keys',
  '',
])('keys of an issuer do not come from %j, where anybody could change them', async (url) => {
  await expect(load(whole(url))).rejects.toMatchObject({
    code: 'SETTINGS_INVALID',
    message: `${join(folder, 'dmsa.toml')}: [codec-server] jwks-url: is not acceptable: write it as jwks-url = "https://login.contoso.com/keys"`,
  });
});

test.each([
  'https://login.contoso.com/keys',
  'HTTPS://login.contoso.com:8443/keys?v=2',
  'http://127.0.0.1:8080/keys',
  'http://localhost/keys',
  'http://[::1]:8080/keys',
])('keys of an issuer come from %j', async (jwksUrl) => {
  expect((await load(whole(jwksUrl))).codecServer?.accessTokens).toEqual({
    ...{ issuer: 'https://login.contoso.com', audience: 'dmsa', jwksUrl },
  });
});

test('without them nothing is encrypted, and nobody is asked for a token', async () => {
  const settings = await load('');
  expect(settings).not.toHaveProperty('encryption');
  expect(settings).not.toHaveProperty('codecServer');
});

test('the environment may hold the ring itself, and takes the place of the file', async () => {
  const { encryption } = await load('[encryption]\nkeys-file = "ring"\nkey-id = "a"', {
    DMSA_ENCRYPTION_KEYS: 'a …',
  });
  expect(encryption).toEqual({ keys: { env: 'DMSA_ENCRYPTION_KEYS' }, keyId: 'a' });
});

test('what is written out is read back as it was', async () => {
  const complete = `
[directory]
urls = ["ldaps://dc1.contoso.com:636"]
user = "reader@contoso.com"
password-env = "PASSWORD"
[management]
host = "mgmt.contoso.com"
[powershell]
user = "admin"
private-key-file = "id"
known-hosts-file = "known_hosts"
[vote]
key-file = "bob.jwk"
[encryption]
keys-command = ["pass", "dmsa/ring"]
key-id = "2026-11"
[codec-server]
token-file = "token"
token-issuer = "https://login.contoso.com"
token-audience = "dmsa-codec"
jwks-url = "https://login.contoso.com/keys"
`;
  await writeFile(join(folder, 'dmsa.toml'), complete);
  const settings = await loadSettings({ folder, env: {} });
  expect(settings.encryption).toEqual({ keys: { command: ['pass', 'dmsa/ring'] }, keyId: '2026-11' });
  expect(settings.vote).toEqual({ keyFile: join(folder, 'bob.jwk') });
  expect(settings.codecServer).toEqual({
    token: { file: join(folder, 'token') },
    accessTokens: {
      issuer: 'https://login.contoso.com',
      audience: 'dmsa-codec',
      jwksUrl: 'https://login.contoso.com/keys',
    },
  });
  await writeFile(join(folder, 'dmsa.toml'), settingsToml(settings));
  expect(await loadSettings({ folder, env: {} })).toEqual(settings);
});
