import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { authentication } from '../../src/codec-server/access.ts';
import { startCodecServer } from '../../src/codec-server/server.ts';
import type { CodecServerSettings } from '../../src/config/settings.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { ask } from './ask.ts';

const token = 'correct-horse-battery-staple';
const issuer = 'https://login.contoso.com';
const audience = 'dmsa-codec';
const printing = (text: string): CodecServerSettings['token'] => ({
  command: [process.execPath, '-e', `console.log(${JSON.stringify(text)})`],
});

test('settings without either ask for nothing', async () => {
  expect(await authentication(undefined)).toBeNull();
  expect(await authentication({ token: null, accessTokens: null })).toBeNull();
});

test.each(['short', 'two words of some length', ''])(
  'a token that can be guessed or sent by nobody is refused: "%s"',
  async (text) => {
    await expect(authentication({ token: printing(text), accessTokens: null })).rejects.toMatchObject({
      code: 'SECRET_UNUSABLE',
      message: 'codec-server.token: a token is one word of 16 characters or more',
    });
  },
);

describe('with a token', () => {
  test('nobody else is answered, and none of what was said is repeated', async () => {
    const authenticate = await authentication({ token: printing(token), accessTokens: null });
    for (const said of [
      undefined,
      '',
      token,
      `Basic ${token}`,
      'Bearer',
      `Bearer ${token}x`,
      `Bearer ${token} ${token}`,
    ]) {
      const error = await authenticate!(said).catch((thrown) => thrown);
      expect(error).toMatchObject({
        status: 401,
        code: 'UNAUTHORIZED',
        headers: { 'www-authenticate': 'Bearer' },
      });
      expect(error.message).not.toContain(token);
    }
    expect(await authenticate!(`Bearer ${token}`)).toBe('token');
    expect(await authenticate!(`bearer  ${token}`)).toBe('token');
  });

  test('the server asks for it before it reads what is sent, by whatever name it is reached', async () => {
    const lines: string[] = [];
    const authenticate = await authentication({ token: printing(token), accessTokens: null });
    const server = await startCodecServer({
      ...{
        codecs: [],
        host: '127.0.0.1',
        port: 0,
        origins: new Set(),
        encode: false,
        tls: null,
        authenticate,
      },
      log: createLog('info', { write: (line) => void lines.push(line) }),
    });
    try {
      const headers = { 'content-type': 'application/json', host: 'codec.contoso.com' };
      const refused = await ask(server.url, { headers, body: 'not JSON' });
      expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      expect(refused.json).toEqual({ error: { code: 'UNAUTHORIZED', message: 'a bearer token is needed' } });
      const authorization = `Bearer ${token}`;
      const answered = await ask(server.url, {
        headers: { ...headers, authorization },
        body: '{"payloads":[]}',
      });
      expect([answered.status, answered.text]).toEqual([200, '{"payloads":[]}']);
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { status: 401, code: 'UNAUTHORIZED' },
        { status: 200, by: 'token' },
      ]);
      expect(lines.join('')).not.toContain(token);
    } finally {
      await server.close();
    }
  });
});

describe('with access tokens of an issuer', () => {
  let keys: Server;
  let privateKey: CryptoKey;
  let accessTokens: NonNullable<CodecServerSettings['accessTokens']>;
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    const set = JSON.stringify({
      keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }],
    });
    keys = createServer((_, response) => response.end(set));
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const jwksUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
    accessTokens = { issuer, audience, jwksUrl };
  });
  afterAll(async () => {
    keys.closeAllConnections();
    await new Promise((resolve) => keys.close(resolve));
  });

  const signed = (changes: Record<string, unknown> = {}, key: CryptoKey = privateKey) =>
    new SignJWT({
      iss: issuer,
      aud: audience,
      sub: 'bob@contoso.com',
      exp: Math.floor(Date.now() / 1000) + 60,
      ...changes,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(key);

  test.each<[string, Record<string, unknown>, string]>([
    ['for something else', { aud: 'temporal' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['of another issuer', { iss: 'https://evil.example' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['that has expired', { exp: 1 }, 'ERR_JWT_EXPIRED'],
    ['that never expires', { exp: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['of nobody', { sub: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  ])('one %s is refused', async (_, changes, code) => {
    const authenticate = await authentication({ token: null, accessTokens });
    await expect(authenticate!(`Bearer ${await signed(changes)}`)).rejects.toMatchObject({
      status: 401,
      message: `the access token is not accepted (${code})`,
    });
  });

  test('one that another signed, or nobody, is refused', async () => {
    const authenticate = await authentication({ token: null, accessTokens });
    const { privateKey: other } = await generateKeyPair('ES256');
    await expect(authenticate!(`Bearer ${await signed({}, other)}`)).rejects.toMatchObject({ status: 401 });
    const [, claims] = (await signed()).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    await expect(authenticate!(`Bearer ${header}.${claims}.`)).rejects.toMatchObject({ status: 401 });
    await expect(authenticate!('Bearer word')).rejects.toMatchObject({ status: 401 });
  });

  test('where the issuer does not answer, that is told, and nobody is let in', async () => {
    const unreachable = { ...accessTokens, jwksUrl: 'http://127.0.0.1:1/keys' };
    const authenticate = await authentication({ token: null, accessTokens: unreachable });
    await expect(authenticate!(`Bearer ${await signed()}`)).rejects.toMatchObject({
      status: 503,
      code: 'ISSUER_UNREACHABLE',
    });
  });

  test('a good one is taken, beside the token of scripts', async () => {
    const authenticate = await authentication({ token: printing(token), accessTokens });
    expect(await authenticate!(`Bearer ${await signed()}`)).toBe('bob@contoso.com');
    expect(await authenticate!(`Bearer ${token}`)).toBe('token');
  });
});
