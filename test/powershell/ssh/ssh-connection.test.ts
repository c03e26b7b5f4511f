import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { expect, onTestFinished, test, vi } from 'vitest';

import { newKeyPair } from '../../../lab/ssh/key-pair.ts';
import { bench, clientSockets, failureOf, host, hostFacts, user } from './harness.ts';
import { finish, rawServer } from './raw-server.ts';

test('a closed port is an unreachable host', async () => {
  const { start, hosts, inspect } = await bench();
  const server = await start();
  await server.close();
  const sockets = clientSockets();
  expect(await failureOf(inspect())).toEqual({
    code: 'HOST_UNREACHABLE',
    subject: host,
    message: `no SSH connection to ${host} at 127.0.0.1 port ${hosts[host]!.port}: connect ECONNREFUSED 127.0.0.1:${hosts[host]!.port}`,
  });
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
});

test('a host that closes the connection before the handshake is unreachable', async () => {
  const { start, inspect } = await bench();
  const faults = ['refuse', null] as const;
  const server = await start({
    faults: { onConnection: () => faults[server.counts.connections - 1] ?? null },
  });
  expect(await failureOf(inspect())).toMatchObject({ code: 'HOST_UNREACHABLE', subject: host });
  expect(server.counts).toEqual({ connections: 1, sessions: 0, operations: {} });
  expect(await inspect()).toEqual(hostFacts);
});

test('a name that does not resolve is an unreachable host', async () => {
  const { hosts, inspect } = await bench();
  hosts[host] = { address: 'web01.invalid', port: 22 };
  expect(await failureOf(inspect())).toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: expect.stringMatching(
      /^no SSH connection to .* getaddrinfo (ENOTFOUND|EAI_AGAIN) web01\.invalid$/,
    ),
  });
});

test('something that is no SSH server is an unreachable host', async () => {
  const { hosts, inspect } = await bench();
  hosts[host] = { address: '127.0.0.1', port: await listen((socket) => socket.end('HTTP/1.1 400\r\n\r\n')) };
  expect(await failureOf(inspect())).toMatchObject({ code: 'HOST_UNREACHABLE', subject: host });
});

test('a port that accepts and stays silent is an unreachable host after 10 seconds', async () => {
  const { hosts, inspect } = await bench();
  const accepted = Promise.withResolvers<Socket>();
  hosts[host] = { address: '127.0.0.1', port: await listen((socket) => accepted.resolve(socket)) };
  fakeTimers();
  const failure = failureOf(inspect());
  await accepted.promise;
  vi.advanceTimersByTime(10_000);
  expect(await failure).toEqual({
    code: 'HOST_UNREACHABLE',
    subject: host,
    message: `no SSH connection to ${host} at 127.0.0.1 port ${hosts[host]!.port}: no connection and login within 10s`,
  });
  expect(vi.getTimerCount()).toBe(0);
});

test('the whole time-out counts while connecting, too', async () => {
  const { hosts, inspect } = await bench();
  const accepted = Promise.withResolvers<Socket>();
  hosts[host] = { address: '127.0.0.1', port: await listen((socket) => accepted.resolve(socket)) };
  fakeTimers();
  const failure = failureOf(inspect({ timeoutMs: 5_000 }));
  await accepted.promise;
  vi.advanceTimersByTime(5_000);
  expect(await failure).toEqual({
    code: 'TIMED_OUT',
    subject: host,
    message: `${host} did not answer within 5s`,
  });
  expect(vi.getTimerCount()).toBe(0);
});

test('another key than authorized_keys has is a refused login', async () => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  await writeFile(settings.privateKeyFile, newKeyPair().private);
  expect(await failureOf(inspect())).toEqual({
    code: 'LOGIN_REFUSED',
    subject: host,
    message: `${host} refused the login of ${user} (it takes publickey)`,
  });
  expect(server.counts).toEqual({ connections: 1, sessions: 0, operations: {} });
});

test('a user that the host does not know is a refused login', async () => {
  const { start, settings, inspect } = await bench();
  await start();
  settings.user = 'LAB\\stranger';
  expect(await failureOf(inspect())).toMatchObject({
    code: 'LOGIN_REFUSED',
    message: `${host} refused the login of LAB\\stranger (it takes publickey)`,
  });
});

test('a connection that is lost while logging in is an unreachable host', async () => {
  const { know, inspect } = await bench();
  const server = await rawServer({ onLogin: (_attempt, drop) => drop() });
  await know(server.port, server.knownHostsLine(host));
  expect(await failureOf(inspect())).toMatchObject({ code: 'HOST_UNREACHABLE', subject: host });
});

test.each([
  ['is missing', null, 'FILE_UNREADABLE', 'cannot be read (ENOENT)'],
  ['is no key', 'secret of another kind', 'SSH_LOGIN_UNUSABLE', 'is not usable: Unsupported key format'],
])('a private key file that %s is named, and no connection is made', async (_, content, code, problem) => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  settings.privateKeyFile += '.other';
  if (content !== null) await writeFile(settings.privateKeyFile, content);
  expect(await failureOf(inspect())).toEqual({
    code,
    subject: 'powershell.private-key-file',
    message: `powershell.private-key-file: ${settings.privateKeyFile} ${problem}`,
  });
  expect(server.counts.connections).toBe(0);
});

test('a public key in place of the private one is named', async () => {
  const { start, settings, inspect, publicKey } = await bench();
  await start();
  await writeFile(settings.privateKeyFile, publicKey);
  expect(await failureOf(inspect())).toMatchObject({
    code: 'SSH_LOGIN_UNUSABLE',
    message: `powershell.private-key-file: ${settings.privateKeyFile} is a public key`,
  });
});

test('an encrypted key is refused with the wrong passphrase, and opens with the right one', async () => {
  const { start, settings, inspect } = await bench();
  const pair = ssh2.utils.generateKeyPairSync('rsa', {
    bits: 2048,
    passphrase: 'right',
    cipher: 'aes256-ctr',
    rounds: 1,
  });
  await writeFile(settings.privateKeyFile, pair.private);
  await start({ users: [{ name: user, publicKey: pair.public }] });
  const passphraseFile = `${settings.privateKeyFile}.passphrase`;
  settings.passphrase = { file: passphraseFile };
  await writeFile(passphraseFile, 'wrong\n');
  const failure = await failureOf(inspect());
  expect(failure.code).toBe('SSH_LOGIN_UNUSABLE');
  expect(failure.message).not.toContain('wrong');
  await writeFile(passphraseFile, 'right\n');
  expect(await inspect()).toEqual(hostFacts);
});

test('an RSA key logs in where the host takes SHA-2 signatures', async () => {
  const { start, settings, inspect } = await bench();
  const pair = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
  await writeFile(settings.privateKeyFile, pair.private);
  await start({ users: [{ name: user, publicKey: pair.public }] });
  expect(await inspect()).toEqual(hostFacts);
});

test('the key is read for each run, so that a rotated key needs no restart', async () => {
  const { start, settings, transport } = await bench();
  await start();
  const right = await readFile(settings.privateKeyFile);
  const { run } = transport();
  const inspect = () => run(host, 'inspect-host', { eventsSince: null }, { timeoutMs: 60_000 });
  await writeFile(settings.privateKeyFile, newKeyPair().private);
  expect(await failureOf(inspect())).toMatchObject({ code: 'LOGIN_REFUSED' });
  await writeFile(settings.privateKeyFile, right);
  expect(await inspect()).toEqual(hostFacts);
});

test('a name in any case is found in the settings', async () => {
  const { start, transport } = await bench();
  await start();
  expect(
    await transport().run('WEB01.Lab.Example', 'inspect-host', { eventsSince: null }, { timeoutMs: 60_000 }),
  ).toEqual(hostFacts);
});

test('a banner before the login and lines before the handshake change nothing', async () => {
  const { know, inspect } = await bench();
  const server = await rawServer({
    config: { banner: 'Authorised use only.\r\n', greeting: 'Welcome.\r\n' },
    onExec: (channel) => finish(channel, ''),
  });
  await know(server.port, server.knownHostsLine(host));
  expect(await failureOf(inspect())).toMatchObject({ code: 'ANSWER_INVALID' });
});

async function listen(onConnection: (socket: Socket) => unknown): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as { port: number }).port;
}

function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}
