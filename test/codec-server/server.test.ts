import { randomBytes } from 'node:crypto';

import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../lab/certificates.ts';
import { parseOrigins } from '../../src/codec-server/cross-origin.ts';
import { mostOctetsAsked, readPayloads, writePayloads } from '../../src/codec-server/payloads.ts';
import {
  type CodecServer,
  type CodecServerOptions,
  startCodecServer,
} from '../../src/codec-server/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { compressing } from '../../src/temporal/compression.ts';
import { encryptedEncoding, keyIdField } from '../../src/temporal/encrypted-encoding.ts';
import { encrypting } from '../../src/temporal/encryption.ts';
import { keyRing } from '../../src/temporal/key-ring.ts';
import { type Asked, ask } from './ask.ts';

const ui = 'https://temporal.contoso.com';
const codecs = [compressing, encrypting(keyRing([{ id: 'k1', key: randomBytes(32).toString('base64') }]))];
const clear = { account: 'svc-planted' };
/** What Temporal's UI sends, but for the words of its browser. */
const asUi = { 'content-type': 'application/json', 'x-namespace': 'default', origin: ui };
const cors = {
  'access-control-allow-origin': ui,
  'access-control-allow-credentials': 'true',
  vary: 'Origin',
};

let server: CodecServer;
let lines: string[];

async function start(changes: Partial<CodecServerOptions> = {}): Promise<CodecServer> {
  const log = createLog('info', { write: (line) => void lines.push(line) });
  return await startCodecServer({
    ...{ codecs, host: '127.0.0.1', port: 0, origins: parseOrigins([ui]) },
    ...{ authenticate: null, encode: false, tls: null, log },
    ...changes,
  });
}

/** In place of the one that each test has. */
async function restart(changes: Partial<CodecServerOptions>): Promise<void> {
  await server.close();
  server = await start(changes);
}

beforeEach(async () => {
  lines = [];
  server = await start();
});
afterEach(() => server.close());

async function encoded(...values: unknown[]): Promise<Payload[]> {
  let payloads = values.map((value) => defaultPayloadConverter.toPayload(value)!);
  for (const codec of codecs) payloads = await codec.encode(payloads);
  return payloads;
}

const asked = async (changes: Asked = {}) =>
  await ask(server.url, { headers: asUi, body: writePayloads(await encoded(clear)), ...changes });

const refusal = (code: string, message: string) => ({ error: { code, message } });

describe('a request that is not one', () => {
  test.each<[string, Asked, number, string, string]>([
    ['of another path', { path: '/' }, 404, 'NOT_FOUND', 'ask POST /decode'],
    ['of another method', { method: 'GET', body: undefined }, 405, 'METHOD_REFUSED', 'ask POST /decode'],
    ['to encode', { path: '/encode' }, 403, 'ENCODE_REFUSED', 'this server only decodes; see --encode'],
    ['without JSON', { body: 'payloads' }, 400, 'BODY_INVALID', 'the body is not JSON'],
    ['of nothing', { body: '' }, 400, 'BODY_INVALID', 'the body is not JSON'],
    [
      'with payloads of another form',
      { body: '{"payloads":[{"metadata":{"encoding":"not base64!"}}]}' },
      400,
      'BODY_INVALID',
      'body.payloads.0.metadata.encoding: write it as { "payloads": [{ "metadata": {}, "data": "" }] }',
    ],
    [
      'as a form, which needs no preflight',
      { headers: { ...asUi, 'content-type': 'text/plain' } },
      415,
      'TYPE_REFUSED',
      'send application/json',
    ],
    [
      'from a page of elsewhere',
      { headers: { ...asUi, origin: 'https://evil.example' } },
      403,
      'ORIGIN_REFUSED',
      'pages of this origin may not ask',
    ],
    [
      'from a file or a frame that hides where it is of',
      { headers: { ...asUi, origin: 'null' } },
      403,
      'ORIGIN_REFUSED',
      'pages of this origin may not ask',
    ],
    [
      'by a name that was made to point here',
      { headers: { ...asUi, host: 'evil.example' } },
      403,
      'HOST_REFUSED',
      'this is not the name of this server',
    ],
  ])('%s is refused', async (_, changes, status, code, message) => {
    const answer = await asked(changes);
    expect([answer.status, answer.json]).toEqual([status, refusal(code, message)]);
    expect(answer.headers['content-type']).toBe('application/json');
    // A page that may ask may also read why not.
    const mayRead = code !== 'ORIGIN_REFUSED';
    expect(answer.headers['access-control-allow-origin']).toBe(mayRead ? ui : undefined);
  });

  test('a request that is too large is refused, whether it says so or not', async () => {
    const body = Buffer.alloc(mostOctetsAsked + 1, ' ');
    const refused = [413, refusal('TOO_LARGE', 'a request holds at most 16 MiB')];
    const announced = await asked({ body });
    expect([announced.status, announced.json]).toEqual(refused);
    const chunked = await fetch(`${server.url}/decode`, {
      ...{ method: 'POST', headers: asUi, body: new Blob([body]).stream(), duplex: 'half' as const },
    });
    expect([chunked.status, await chunked.json()]).toEqual(refused);
  });

  test('an answer that would be too large is refused before it fills the memory', async () => {
    const zeros = {
      metadata: { encoding: Buffer.from('binary/plain') },
      data: new Uint8Array(40 * 1024 * 1024),
    };
    const body = writePayloads(await compressing.encode([zeros, zeros]));
    expect(body.length).toBeLessThan(1024 * 1024);
    const answer = await asked({ body });
    expect([answer.status, answer.json]).toEqual([
      413,
      refusal('TOO_LARGE', 'the payloads are too large together'),
    ]);
  });

  test('what cannot be decrypted is told with its code and the id of its key', async () => {
    const [payload] = await encoded(clear);
    const metadata = { ...payload!.metadata, [keyIdField]: Buffer.from('k2') };
    const unknown = await asked({ body: writePayloads([{ ...payload, metadata }]) });
    expect([unknown.status, unknown.json]).toEqual([
      400,
      refusal('ENCRYPTION_KEY_UNKNOWN', 'a payload is encrypted with the key "k2", which is not in the ring'),
    ]);
    const cut = await asked({ body: writePayloads([{ ...payload, data: payload!.data!.subarray(0, 20) }]) });
    expect([cut.status, cut.json]).toEqual([
      400,
      refusal('PAYLOAD_UNREADABLE', 'a payload that names the key "k1" cannot be decrypted: it is cut off'),
    ]);
  });

  test('a server without a token does not listen to the network', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: '--host: 0.0.0.0 is reached from elsewhere: set [codec-server] token-file',
    });
    const port = Number(new URL(server.url).port);
    await expect(start({ port })).rejects.toThrow(
      `--port: it cannot listen at 127.0.0.1, port ${port} (EADDRINUSE)`,
    );
    expect(() => parseOrigins(['*'])).toThrow('--origin: "*" is not an origin');
    expect(() => parseOrigins([`${ui}/namespaces`])).toThrow('is not an origin');
  });
});

describe('Temporal’s UI', () => {
  test('asks beforehand, and may, with its namespace, its token and credentials', async () => {
    const headers = {
      origin: ui,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,authorization-extras,content-type,x-namespace',
    };
    const answer = await asked({ method: 'OPTIONS', headers, body: undefined });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      ...cors,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'x-namespace, content-type, authorization, authorization-extras',
    });
    expect(answer.headers['access-control-allow-private-network']).toBeUndefined();
    const local = { ...headers, 'access-control-request-private-network': 'true' };
    const fromNetwork = await asked({ method: 'OPTIONS', headers: local, body: undefined });
    expect(fromNetwork.headers['access-control-allow-private-network']).toBe('true');
    const elsewhere = { ...headers, origin: 'https://evil.example' };
    expect(await asked({ method: 'OPTIONS', headers: elsewhere, body: undefined })).toMatchObject({
      status: 403,
    });
  });

  test('gets clear text, in the order that it asked for, with what was never encrypted', async () => {
    const large = { hosts: Array.from({ length: 5_000 }, (_, index) => `web${index}.contoso.com`) };
    const plain = defaultPayloadConverter.toPayload('by hand')!;
    const answer = await asked({ body: writePayloads([...(await encoded(clear, large)), plain]) });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ ...cors, 'cache-control': 'no-store' });
    const read = readPayloads(answer.text).map((payload) => defaultPayloadConverter.fromPayload(payload));
    expect(read).toEqual([clear, large, 'by hand']);
  });

  test('has its request logged, and nothing of what it asked about', async () => {
    const body = writePayloads(await encoded(clear));
    const { text } = await asked({ body });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'info', method: 'POST', path: '/decode', namespace: 'default', payloads: 1, status: 200 },
    ]);
    const { payloads } = JSON.parse(text) as { payloads: { data: string }[] };
    for (const secret of ['svc-planted', payloads[0]!.data, JSON.parse(body).payloads[0].data])
      expect(lines.join('')).not.toContain(secret);
  });

  test('may have nothing encrypted by a server that only decodes', async () => {
    for (const body of ['{}', '{"payloads":[]}']) {
      const answer = await asked({ path: '/encode', body });
      expect([answer.status, answer.json]).toEqual([200, { payloads: [] }]);
    }
  });

  test('may encrypt where the server was asked to', async () => {
    await restart({ encode: true });
    const payload = defaultPayloadConverter.toPayload({ gate: 'start' })!;
    const answer = await asked({ path: '/encode', body: writePayloads([payload]) });
    expect(answer.status).toBe(200);
    const [written] = readPayloads(answer.text);
    expect(Buffer.from(written!.metadata!.encoding!).toString()).toBe(encryptedEncoding);
    const back = await asked({ body: answer.text });
    expect(defaultPayloadConverter.fromPayload(readPayloads(back.text)[0]!)).toEqual({ gate: 'start' });
  });

  test('may reach it over TLS, and not with half a pair', async () => {
    const authority = createAuthority(new Date());
    const pair = issueServerCertificate(authority, ['localhost'], new Date());
    const tls = { cert: pair.certificate, key: pair.privateKey };
    await expect(start({ tls: { ...tls, key: authority.privateKey } })).rejects.toThrow(
      '--tls-cert: certificate and key are not a pair in PEM form',
    );
    await restart({ tls, host: 'localhost' });
    expect(server.url).toMatch(/^https:\/\/localhost:\d+$/);
    expect(await asked({ ca: authority.certificate })).toMatchObject({ status: 200 });
    await expect(asked()).rejects.toThrow(/certificate/);
  });
});
