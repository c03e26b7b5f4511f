import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import ssh2, {
  type Client,
  type ClientChannel,
  type ConnectConfig,
  type ParsedKey,
  type PublicKeyAuthMethod,
} from 'ssh2';
import { describe, expect, onTestFinished, test } from 'vitest';

import { newKeyPair } from '../../../lab/ssh/key-pair.ts';
import { type SshServer, type SshServerOptions, startSshServer } from '../../../lab/ssh/server.ts';
import type { HandleOperation } from '../../../lab/ssh/session.ts';
import { commandLine, startedMarker } from '../../../src/powershell/wire/bootstrap.ts';
import { prepareRequest } from '../../../src/powershell/wire/envelope.ts';

const pair = newKeyPair();
const user = 'LAB\\worker';
const rightResult = { policy: { value: 1, keyExists: true }, eventLogEnabled: true, changed: ['policy'] };

describe('a login', () => {
  test.each([
    ['with a password', { password: 'secret' }],
    ['with nothing', {}],
    ['with another key', { privateKey: newKeyPair().private }],
    ['of another user', { privateKey: pair.private, username: 'LAB\\other' }],
  ])('%s is refused', async (_, config) => {
    const server = await start();
    await expect(login(server, config)).rejects.toThrow('All configured authentication methods failed');
    expect(server.counts).toEqual({ connections: 1, sessions: 0, operations: {} });
  });

  test('with the public key of the user and a signature by another is refused', async () => {
    const server = await start();
    const [right, own] = [pair, newKeyPair()].map((each) => ssh2.utils.parseKey(each.private) as ParsedKey);
    const sign: ParsedKey['sign'] = (data, algorithm) => own!.sign(data, algorithm);
    const key = new Proxy(right!, {
      get: (target, name) => (name === 'sign' ? sign : Reflect.get(target, name)),
    });
    const forged: PublicKeyAuthMethod = { type: 'publickey', username: user, key };
    await expect(login(server, { authHandler: [forged] })).rejects.toThrow(
      'All configured authentication methods failed',
    );
  });

  test('with the key of the user is let in, in any case of the name', async () => {
    const server = await start();
    await login(server, { username: 'lab\\WORKER' });
  });
});

describe('a session', () => {
  test.each([
    ['another program', 'whoami', 'whoami'],
    ['another script', 'powershell.exe -NoLogo', 'powershell.exe'],
    ['the bootstrap and a space', `${commandLine} `, 'powershell.exe'],
    ['the bootstrap and a second command', `${commandLine} & del x`, 'powershell.exe'],
  ])('runs nothing but the bootstrap: not %s', async (_, command, program) => {
    const server = await start();
    expect(await run(await login(server), command, '')).toEqual({
      stdout: '',
      stderr: `'${program}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`,
      exitCode: 1,
    });
    expect(server.counts).toEqual({ connections: 1, sessions: 0, operations: {} });
  });

  test('has no shell', async () => {
    const client = await login(await start());
    const shell = new Promise((resolve, reject) =>
      client.shell(false, (error, channel) => (error ? reject(error) : resolve(channel))),
    );
    await expect(shell).rejects.toThrow('Unable to open shell');
  });

  test('does nothing with an input that is no request', async () => {
    const server = await start();
    const { input } = setHost();
    expect(await run(await login(server), commandLine, input.slice(0, 200))).toEqual({
      stdout: `${startedMarker}\n`,
      stderr: 'the request is not whole JSON\r\n',
      exitCode: 1,
    });
    expect(server.counts.operations).toEqual({});
  });

  test('answers a handler that throws what no rule classifies, or promises what it does not keep', async () => {
    const answers: (() => unknown)[] = [
      () => {
        throw new TypeError('a fault of the lab');
      },
      () => ({ ...rightResult, changed: null }),
    ];
    const server = await start({ handle: (async () => answers.shift()!()) as unknown as HandleOperation });
    const client = await login(server);
    for (const message of [/^a fault of the lab$/, /changed/]) {
      const request = setHost();
      const { stdout } = await run(client, commandLine, request.input);
      expect(() => request.read(stdout)).toThrow(
        expect.objectContaining({ code: 'SCRIPT_FAILED', message: expect.stringMatching(message) }),
      );
    }
  });

  test('gives the handler checked parameters, and its result back', async () => {
    const handled: unknown[] = [];
    const handle = (async (...call: unknown[]) => {
      handled.push(call);
      return rightResult;
    }) as unknown as HandleOperation;
    const server = await start({ handle });
    const request = setHost();
    const { stdout, stderr, exitCode } = await run(await login(server), commandLine, request.input);
    expect(request.read(stdout)).toEqual(rightResult);
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(handled).toEqual([
      ['set-host', { policy: { value: 1, keyExists: true }, eventLogEnabled: true }, null],
    ]);
    expect(server.counts).toEqual({ connections: 1, sessions: 1, operations: { 'set-host': 1 } });
  });
});

test('every host has a host key of its own, or the one it is given', async () => {
  const hostKey = newKeyPair();
  const servers = await Promise.all([start(), start(), start({ hostKey: hostKey.private })]);
  const lines = servers.map((server) => server.knownHostsLine);
  expect(new Set(lines).size).toBe(3);
  expect(lines[2]).toBe(`db01.lab.example ${hostKey.public.trim()}`);
  const presented: Buffer[] = [];
  await login(servers[2]!, { hostVerifier: (key: Buffer) => presented.push(key) > 0 });
  expect(presented[0]!.toString('base64')).toBe(hostKey.public.split(' ')[1]);
});

test('closing ends connections, also those that hang, and frees the port', async () => {
  const reached = Promise.withResolvers<void>();
  const server = await start({
    faults: {
      onSession() {
        reached.resolve();
        return 'hang';
      },
    },
  });
  const client = await login(server);
  const gone = once(client, 'close');
  void run(client, commandLine, setHost().input);
  await reached.promise;
  await server.close();
  await gone;
  await expect(login(server)).rejects.toThrow('ECONNREFUSED');
});

async function start(options: Partial<SshServerOptions> = {}): Promise<SshServer> {
  const server = await startSshServer({
    host: 'db01.lab.example',
    users: [{ name: user, publicKey: pair.public }],
    handle: (async () => rightResult) as unknown as HandleOperation,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

function setHost() {
  return prepareRequest('set-host', { policy: { value: 1, keyExists: true }, eventLogEnabled: true }, null);
}

function login(server: SshServer, config: ConnectConfig = { privateKey: pair.private }): Promise<Client> {
  const client = new ssh2.Client();
  onTestFinished(() => {
    client.destroy();
  });
  return new Promise((resolve, reject) => {
    client.on('error', reject).on('ready', () => resolve(client));
    client.connect({
      host: server.address,
      port: server.port,
      username: user,
      ...('password' in config || Object.keys(config).length === 0 ? {} : { privateKey: pair.private }),
      ...config,
    });
  });
}

async function run(client: Client, command: string, input: string) {
  const channel = await new Promise<ClientChannel>((resolve, reject) =>
    client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  channel.end(input);
  const closed = once(channel, 'close');
  const [stdout, stderr, [exitCode]] = await Promise.all([text(channel), text(channel.stderr), closed]);
  return { stdout, stderr, exitCode };
}
