import { z } from 'zod';

import type { SettingKey } from './key.ts';

/** URL of signing keys. Over the network only with TLS: a changed answer would let anyone in. */
const keysUrl = z
  .url({ protocol: /^https$/ })
  .or(z.url({ protocol: /^http$/, hostname: /^(localhost|127\.0\.0\.1|\[::1\])$/ }));

/** Settings of `[encryption]` and `[codec-server]`: how Temporal's payloads are stored, and who reads them. */
export const encryptionKeys: SettingKey[] = [
  {
    name: 'encryption.keys',
    kind: 'secret',
    example: '"encryption.keys"',
    meaning:
      'Key ring that encrypts what Temporal stores; without it, Temporal stores clear text. A file of this user that others may read is refused. See docs/encryption.md.',
  },
  {
    name: 'encryption.key-id',
    kind: 'text',
    example: '"2026-11"',
    meaning: 'Id of the key that encrypts; by default the first of the ring. All keys of the ring decrypt.',
  },
  {
    name: 'codec-server.token',
    kind: 'secret',
    example: '"codec-server.token"',
    meaning:
      'Bearer token that `dmsa codec-server` asks for, of 16 characters or more. See docs/encryption.md.',
  },
  {
    name: 'codec-server.token-issuer',
    kind: 'text',
    at: 'codecServer.accessTokens.issuer',
    example: '"https://login.contoso.com"',
    meaning:
      'Issuer (`iss`) of the access tokens that Temporal’s UI passes on, and that `dmsa codec-server` takes.',
  },
  {
    name: 'codec-server.token-audience',
    kind: 'text',
    at: 'codecServer.accessTokens.audience',
    example: '"dmsa-codec"',
    meaning: 'Audience (`aud`) that those tokens have to name.',
  },
  {
    name: 'codec-server.jwks-url',
    kind: 'text',
    schema: keysUrl,
    at: 'codecServer.accessTokens.jwksUrl',
    example: '"https://login.contoso.com/keys"',
    meaning: 'URL of the keys that the issuer signs with (a JWK set).',
  },
];
