import { writeFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { expect, test } from 'vitest';

import { newKeyPair } from '../../../lab/ssh/key-pair.ts';
import { fingerprint, knownHostsLine } from '../../../src/powershell/ssh/known-hosts.ts';
import { bench, clientSockets, failureOf, host, hostFacts } from './harness.ts';
import { finish, rawServer } from './raw-server.ts';

test('a host that is not in known_hosts is refused, with the fingerprint to compare', async () => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  await writeFile(settings.knownHostsFile, '');
  const key = Buffer.from(server.knownHostsLine.split(' ')[2]!, 'base64');
  const sockets = clientSockets();
  expect(await failureOf(inspect())).toEqual({
    code: 'HOST_KEY_UNKNOWN',
    subject: host,
    message: `known_hosts has no key of ${host}, which presented ${fingerprint(key)}`,
  });
  expect(server.counts).toEqual({ connections: 1, sessions: 0, operations: {} });
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
});

test('a host with another key than in known_hosts is refused, and nothing is sent to it', async () => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  await writeFile(settings.knownHostsFile, knownHostsLine(host, 22, newKey('ed25519').getPublicSSH()));
  const key = Buffer.from(server.knownHostsLine.split(' ')[2]!, 'base64');
  expect(await failureOf(inspect())).toEqual({
    code: 'HOST_KEY_MISMATCH',
    subject: host,
    message: `${host} presented the key ${fingerprint(key)}, which is not its key in known_hosts`,
  });
  expect(server.counts.sessions).toBe(0);
});

test('a revoked key is refused', async () => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  const line = server.knownHostsLine;
  await writeFile(settings.knownHostsFile, `${line}\n@revoked ${line}\n`);
  const key = Buffer.from(line.split(' ')[2]!, 'base64');
  expect(await failureOf(inspect())).toEqual({
    code: 'HOST_KEY_MISMATCH',
    subject: host,
    message: `known_hosts revokes the key that ${host} presented, ${fingerprint(key)}`,
  });
});

test('a key is looked up under the name of the host, never under its address', async () => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  const line = server.knownHostsLine;
  await writeFile(
    settings.knownHostsFile,
    [
      line.replace(host, '127.0.0.1'),
      line.replace(host, `[127.0.0.1]:${server.port}`),
      line.replace(host, `[${host}]:${server.port}`),
    ].join('\n'),
  );
  expect(await failureOf(inspect())).toMatchObject({ code: 'HOST_KEY_UNKNOWN' });
});

test('a host that presents the right key and cannot sign with it is refused', async () => {
  const { know, inspect } = await bench();
  const [right, own] = [newKey('ed25519'), newKey('ed25519')];
  const forged = new Proxy(own, {
    get: (key, name) => (name === 'getPublicSSH' ? () => right.getPublicSSH() : Reflect.get(key, name, key)),
  });
  const { port } = await rawServer({ config: { hostKeys: [{ key: forged } as never] } });
  await know(port, knownHostsLine(host, 22, right.getPublicSSH()));
  expect(await failureOf(inspect())).toEqual({
    code: 'HOST_KEY_MISMATCH',
    subject: host,
    message: `${host} did not prove that it holds its host key`,
  });
});

test('without a known_hosts file no connection is made', async () => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  settings.knownHostsFile += '.none';
  expect(await failureOf(inspect())).toEqual({
    code: 'FILE_UNREADABLE',
    subject: 'powershell.known-hosts-file',
    message: `powershell.known-hosts-file: ${settings.knownHostsFile} cannot be read (ENOENT)`,
  });
  expect(server.counts.connections).toBe(0);
});

test('of a host with several keys the one that known_hosts has is asked for', async () => {
  const { know, inspect, settings } = await bench();
  const keys = [newKey('ed25519'), newKey('rsa'), newKey('ecdsa')];
  const { port } = await rawServer({
    config: { hostKeys: keys.map((key) => ({ key }) as never) },
    onExec: (channel) => finish(channel, ''),
  });
  await know(port, '');
  for (const key of keys) {
    await writeFile(settings.knownHostsFile, knownHostsLine(host, 22, key.getPublicSSH()));
    // Past the key and the login, and so to an answer that is none.
    expect(await failureOf(inspect())).toMatchObject({ code: 'ANSWER_INVALID' });
  }
});

test('a host with its key in known_hosts is talked to', async () => {
  const { start, inspect } = await bench();
  await start();
  expect(await inspect()).toEqual(hostFacts);
});

test('known_hosts is read for each run, so that a key put right is accepted at once', async () => {
  const { start, settings, inspect } = await bench();
  const server = await start();
  await writeFile(settings.knownHostsFile, '');
  expect(await failureOf(inspect())).toMatchObject({ code: 'HOST_KEY_UNKNOWN' });
  await writeFile(settings.knownHostsFile, server.knownHostsLine);
  expect(await inspect()).toEqual(hostFacts);
});

function newKey(type: 'ed25519' | 'rsa' | 'ecdsa'): ParsedKey {
  const pair =
    type === 'ed25519'
      ? newKeyPair()
      : ssh2.utils.generateKeyPairSync(type as 'rsa', { bits: type === 'rsa' ? 2048 : 256 });
  return ssh2.utils.parseKey(pair.private) as ParsedKey;
}
