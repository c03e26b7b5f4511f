import { connect } from 'node:net';

import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../../lab/certificates.ts';
import { element, integerElement, textElement } from '../../../lab/ldap/ber.ts';
import type { FaultResult } from '../../../lab/ldap/faults.ts';
import { encodeResult } from '../../../lab/ldap/responses.ts';
import { type ConnectionLimits, connectDirectory } from '../../../src/directory/connection/connection.ts';
import { startTlsOid } from '../../../src/directory/connection/start-tls.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { admin, authority, baseDn, dc, settingsFor } from '../../lab/ldap/fixture.ts';
import { closedPort, settingsOf, startDc, tcpServer } from './domain-controllers.ts';

const url = `ldap://${dc}`;
const request = Buffer.from(`301d02010177188016${Buffer.from(startTlsOid).toString('hex')}`, 'hex');
const agreed = encodeResult(1, 'extended', { code: 0, message: '' });

async function connectTo(port: number, limits: Partial<ConnectionLimits> = {}): Promise<Directory> {
  const { settings, hosts } = await settingsFor(port, { urls: [url] });
  const directory = await connectDirectory(settings, hosts, limits)();
  onTestFinished(() => directory.close());
  return directory;
}

/** A server that answers the first octets with these, and collects everything that it is sent. */
async function answering(answer: Buffer, end = true): Promise<{ port: number; received: () => Buffer }> {
  const chunks: Buffer[] = [];
  const port = await tcpServer((socket) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('data', () => (end ? socket.end(answer) : socket.write(answer)));
  });
  return { port, received: () => Buffer.concat(chunks) };
}

/** Types of TLS records, one after the other to the last octet (RFC 8446 5.1): handshake, cipher change, data. */
function recordTypes(octets: Buffer): Set<number> {
  const types = new Set<number>();
  let at = 0;
  for (; at + 5 <= octets.length; at += 5 + octets.readUInt16BE(at + 3)) types.add(octets[at]!);
  expect(at).toBe(octets.length);
  return types;
}

describe.each(['ldaps', 'ldap'] as const)('a certificate shown over %s://', (scheme) => {
  const daysMs = 24 * 60 * 60 * 1_000;
  const now = Date.now();
  test.each<[string, () => ReturnType<typeof issueServerCertificate>, RegExp]>([
    ['has expired', () => issueServerCertificate(authority, [dc], new Date(now - 3_660 * daysMs)), /expired/],
    [
      'is not valid yet',
      () => issueServerCertificate(authority, [dc], new Date(now + 10 * daysMs)),
      /not yet valid/,
    ],
    [
      'has another name',
      () => issueServerCertificate(authority, ['dc9.lab.example'], new Date()),
      /dc9\.lab\.example/,
    ],
    [
      'is of an unknown CA',
      () => issueServerCertificate(createAuthority(new Date()), [dc], new Date()),
      /verify/,
    ],
  ])('that %s ends the connection before anything is sent', async (_, make, message) => {
    const one = await startDc(dc, { certificate: make() });
    const { settings, hosts } = await settingsOf([one], scheme);
    const refused = connectDirectory(settings, hosts)();
    await expect(refused).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
      retryable: false,
      subject: `${scheme}://${dc}`,
    });
    await expect(refused).rejects.toThrow(message);
    expect(one.server.counts).toMatchObject({ bind: 0, search: 0 });
  });
});

describe('StartTLS', () => {
  test.each<[FaultResult, string]>([
    [{ code: 2, message: 'not\r\nknown\0' }, 'not known'],
    [{ code: 52, message: '' }, 'no reason given'],
    [{ code: 53, message: 'no certificate' }, 'no certificate'],
    [{ code: 10, message: '', referrals: ['ldap://dc2.lab.example'] }, 'no reason given'],
  ])('that is refused with %o ends the connection', async (result, text) => {
    const one = await startDc(dc, { faults: { onOperation: () => result } });
    await expect(connectTo(one.server.plainPort)).rejects.toMatchObject({
      code: 'STARTTLS_REFUSED',
      retryable: false,
      subject: url,
      message: `${url}: StartTLS is refused: ${text} (LDAP ${result.code})`,
    });
    expect(one.server.counts).toMatchObject({ connection: 1, extended: 1, bind: 0, search: 0 });
  });

  test('is tried again where the server is busy', async () => {
    const one = await startDc(dc, { faults: { onOperation: () => 'busy' } });
    await expect(connectTo(one.server.plainPort)).rejects.toMatchObject({
      code: 'DIRECTORY_BUSY',
      retryable: true,
    });
  });

  test('that the server answers by taking its leave is refused', async () => {
    const one = await startDc(dc, { faults: { onOperation: () => 'notice' } });
    await expect(connectTo(one.server.plainPort)).rejects.toMatchObject({
      code: 'STARTTLS_REFUSED',
      message: `${url}: StartTLS is refused: The server is about to shut down (LDAP 52)`,
    });
  });

  const message = (...contents: Buffer[]) => element(0x30, ...contents);
  const id = integerElement(0x02, 1);
  test.each<[string, Buffer, string]>([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'no LDAP message at octet 0'],
    ['an answer to another request', encodeResult(2, 'extended', { code: 0, message: '' }), 'another answer'],
    ['an answer of another kind', encodeResult(1, 'bind', { code: 0, message: '' }), 'another answer'],
    ['an entry', message(id, element(0x64, textElement(''), element(0x30))), 'another answer'],
    ['a result without a text', message(id, element(0x78, integerElement(0x0a, 0))), 'at octet 10'],
    ['a length without an end', Buffer.from('3080', 'hex'), 'at octet 1'],
    ['a length that is too long', Buffer.from('308400100000', 'hex'), 'octets at octet 0'],
    ['an answer, and more behind it', Buffer.concat([agreed, agreed]), `at octet ${agreed.length}`],
  ])('that is answered with %s ends the connection', async (_, answer, text) => {
    const { port, received } = await answering(answer, false);
    await expect(connectTo(port)).rejects.toMatchObject({
      code: 'DIRECTORY_ANSWER_INVALID',
      message: expect.stringContaining(text),
    });
    expect(received()).toEqual(request);
  });

  test('that is answered with any octets fails with a code, and nothing but the request is ever sent', async () => {
    let answer = Buffer.alloc(0);
    const chunks: Buffer[] = [];
    const port = await tcpServer((socket) => {
      socket.on('data', (chunk: Buffer) => chunks.push(chunk)).once('data', () => socket.end(answer));
    });
    const { settings, hosts } = await settingsFor(port, { urls: [url] });
    const octets = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      // One octet of a good answer is another one, or it breaks off.
      fc
        .tuple(fc.nat(agreed.length - 1), fc.integer({ min: 1, max: 255 }))
        .map(([at, change]) => agreed.with(at, agreed[at]! ^ change)),
      fc.nat(agreed.length - 1).map((length) => agreed.subarray(0, length)),
    );
    await fc.assert(
      fc.asyncProperty(octets, async (each) => {
        [answer, chunks.length] = [Buffer.from(each), 0];
        const error = await connectDirectory(settings, hosts)().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(DmsaError);
        expect([
          'DIRECTORY_ANSWER_INVALID',
          'STARTTLS_REFUSED',
          'DIRECTORY_BUSY',
          'DIRECTORY_UNREACHABLE',
        ]).toContain((error as DmsaError).code);
        expect(Buffer.concat(chunks)).toEqual(request);
      }),
      { numRuns: 150, examples: [[Buffer.alloc(0)]] },
    );
  });

  test('that is not answered, or with a piece of an answer, is given up after its time', async () => {
    for (const piece of [Buffer.alloc(0), agreed.subarray(0, 5)]) {
      const { port, received } = await answering(piece, false);
      await expect(connectTo(port, { handshakeTimeoutMs: 100 })).rejects.toMatchObject({
        code: 'DIRECTORY_TIMED_OUT',
        retryable: true,
        message: `${url}: no answer to StartTLS within 0.1 s`,
      });
      expect(received()).toEqual(request);
    }
  });

  test('that is agreed to and not begun is given up after its time, and what is no TLS at once', async () => {
    const silent = await answering(agreed, false);
    await expect(connectTo(silent.port, { handshakeTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'DIRECTORY_TIMED_OUT',
      message: `${url}: no TLS handshake within 0.2 s`,
    });
    const port = await tcpServer((socket) => {
      socket.once('data', () =>
        socket.write(agreed, () => socket.once('data', () => socket.write('220 hello\r\n'))),
      );
    });
    await expect(connectTo(port)).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' });
  });

  test('is not asked for where the signal is aborted first, and is dropped with the signal’s reason', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const port = await tcpServer((socket) => {
      socket.once('data', () => controller.abort(reason));
    });
    const { settings, hosts } = await settingsFor(port, { urls: [url] });
    const connectNow = () => connectDirectory(settings, hosts)({ signal: controller.signal });
    await expect(connectNow()).rejects.toBe(reason);
    await expect(connectNow()).rejects.toBe(reason);
  });

  test('comes first: before it nothing is said, and after it nothing that could be read', async () => {
    const one = await startDc(dc);
    const sent: Buffer[] = [];
    const port = await tcpServer((socket) => {
      const through = connect(one.server.plainPort, '127.0.0.1');
      socket.on('data', (chunk: Buffer) => sent.push(chunk)).pipe(through);
      through.on('error', () => undefined).pipe(socket);
    });
    const directory = await connectTo(port);
    expect(directory.rootDse()).toMatchObject({ server: url, baseDn, dc });
    expect(await directory.read(baseDn, ['dc'])).toMatchObject({ attributes: { dc: ['lab'] } });
    const all = Buffer.concat(sent);
    expect(all.subarray(0, request.length)).toEqual(request);
    expect(recordTypes(all.subarray(request.length))).toEqual(new Set([0x14, 0x16, 0x17]));
    for (const secret of [admin.user, admin.password, baseDn]) expect(all.includes(secret)).toBe(false);
    expect(one.server.counts).toMatchObject({ connection: 1, extended: 1, bind: 1, search: 2 });
  });
});

describe('a port that is not what the URL says', () => {
  test('no LDAPS on a plain port: nothing is sent', async () => {
    const one = await startDc(dc);
    const { settings, hosts } = await settingsFor(one.server.plainPort);
    await expect(connectDirectory(settings, hosts)()).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
    });
    expect(one.server.counts).toMatchObject({ bind: 0, search: 0, extended: 0 });
  });

  test('no StartTLS on a port of LDAPS', async () => {
    const one = await startDc(dc);
    await expect(connectTo(one.server.port)).rejects.toBeInstanceOf(DmsaError);
    expect(one.server.counts.bind).toBe(0);
  });

  test('nobody there, and nobody who takes a connection in time', async () => {
    await expect(connectTo(await closedPort())).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' });
    const { settings, hosts } = await settingsFor(1, { urls: ['ldap://192.0.2.1'] });
    // An address that is nobody's (RFC 5737): no answer comes, or at once that there is no way to it.
    const failed = connectDirectory(settings, hosts, { connectTimeoutMs: 20, handshakeTimeoutMs: 20 })();
    await expect(failed).rejects.toSatisfy((error: DmsaError) => error.retryable);
  });
});
