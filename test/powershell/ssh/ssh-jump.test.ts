import { expect, onTestFinished, test } from 'vitest';
import { newKeyPair } from '../../../lab/ssh/key-pair.ts';
import { type SshServerOptions, startSshServer } from '../../../lab/ssh/server.ts';
import type { SshSettings } from '../../../src/config/settings.ts';
import { sshTransport } from '../../../src/powershell/ssh/ssh-transport.ts';
import { bench, clientSockets, failureOf, host, hostFacts, inspect, user } from './harness.ts';

const bastion = 'bastion.lab.example';
const options = { timeoutMs: 60_000 };

test('a jump host with another key is refused, and no login is tried', async () => {
  const { run, jump, hosts } = await behindJump();
  hosts[bastion]!.fingerprint = [`SHA256:${'A'.repeat(43)}`];
  expect(await failureOf(run())).toEqual({
    code: 'HOST_KEY_MISMATCH',
    subject: bastion,
    message: `the jump host ${bastion} presented the key ${jump.fingerprint}, which is not its fingerprint under [hosts]`,
  });
});

test('a host behind it with another key is refused by its own name', async () => {
  const { run, server, hosts } = await behindJump();
  hosts[host]!.fingerprint = [`SHA256:${'A'.repeat(43)}`];
  expect(await failureOf(run())).toEqual({
    code: 'HOST_KEY_MISMATCH',
    subject: host,
    message: `${host} presented the key ${server.fingerprint}, which is not its fingerprint under [hosts]`,
  });
});

test('a jump host that refuses the login says so of itself', async () => {
  const { run } = await behindJump({ users: [{ name: 'other', publicKey: newKeyPair().public }] });
  expect(await failureOf(run())).toMatchObject({
    code: 'LOGIN_REFUSED',
    subject: bastion,
    message: `the jump host ${bastion} refused the login of jumper (it takes publickey)`,
  });
});

test('a jump host that is down is unreachable; so is one that may not forward', async () => {
  const { run, jump } = await behindJump({ forwards: false });
  expect(await failureOf(run())).toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: expect.stringMatching(/jump host bastion\.lab\.example/),
  });
  await jump.close();
  expect(await failureOf(run())).toMatchObject({
    code: 'HOST_UNREACHABLE',
    subject: bastion,
    message: expect.stringMatching(
      /^no SSH connection to the jump host bastion\.lab\.example at .*ECONNREFUSED/,
    ),
  });
});

test('a host that the jump host does not reach is unreachable through it', async () => {
  const { run, server } = await behindJump();
  await server.close();
  expect(await failureOf(run())).toMatchObject({
    code: 'HOST_UNREACHABLE',
    subject: host,
    message: expect.stringMatching(/through the jump host bastion\.lab\.example: /),
  });
});

test('sessions through it share one connection to it, which is made again when it was lost', async () => {
  const { run, jump, server, transport } = await behindJump();
  const sockets = clientSockets();
  expect(await Promise.all([run(), run(), run()])).toEqual([hostFacts, hostFacts, hostFacts]);
  expect(jump.counts.connections).toBe(1);
  expect(server.counts).toMatchObject({ connections: 3, sessions: 3 });
  jump.drop();
  expect(await run()).toEqual(hostFacts);
  expect(jump.counts.connections).toBe(2);
  await transport.close();
  const mine = sockets.filter((socket) => socket.remotePort === jump.port || socket.destroyed);
  expect(mine.every((socket) => socket.destroyed)).toBe(true);
});

test('an aborted run through it leaves the others alone', async () => {
  const reached = Promise.withResolvers<void>();
  const { run, jump } = await behindJump({}, () => {
    reached.resolve();
    return 'hang';
  });
  const controller = new AbortController();
  const hanging = run({ signal: controller.signal });
  await reached.promise;
  controller.abort(new Error('cancelled'));
  await expect(hanging).rejects.toThrow('cancelled');
  expect(await run()).toEqual(hostFacts);
  expect(jump.counts.connections).toBe(1);
});

async function behindJump(changes: Partial<SshServerOptions> = {}, first: () => 'hang' | null = () => null) {
  const world = await bench();
  const server = await world.start({
    faults: { onSession: () => (server.counts.sessions === 1 ? first() : null) },
  });
  const jump = await startSshServer({
    host: bastion,
    users: [{ name: 'jumper', publicKey: world.publicKey }],
    handle: inspect,
    forwards: true,
    ...changes,
  });
  onTestFinished(() => jump.close());
  world.hosts[host]!.fingerprint = [server.fingerprint];
  world.hosts[bastion] = { address: '127.0.0.1', port: jump.port, fingerprint: [jump.fingerprint] };
  const settings: SshSettings = {
    ...world.settings,
    knownHostsFile: null,
    jump: { host: bastion, user: 'jumper' },
  };
  expect(settings.user).toBe(user);
  const transport = sshTransport(settings, world.hosts);
  onTestFinished(() => transport.close());
  return {
    hosts: world.hosts,
    server,
    jump,
    transport,
    run: (more: { signal?: AbortSignal } = {}) =>
      transport.run(host, 'inspect-host', { eventsSince: null }, { ...options, ...more }),
  };
}
