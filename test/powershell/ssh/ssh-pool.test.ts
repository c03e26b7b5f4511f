import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type HostRequest, readRequest, writeAnswer } from '../../../lab/formats/envelope.ts';

import type { HandleOperation } from '../../../lab/ssh/session.ts';
import type { Transport } from '../../../src/powershell/transport.ts';
import { bench, clientSockets, failureOf, host, hostFacts } from './harness.ts';
import { finish, rawServer } from './raw-server.ts';

const inspect = (transport: Transport, name = host) =>
  transport.run(name, 'inspect-host', { eventsSince: null }, { timeoutMs: 60_000 });

test('runs one after the other share one connection, whatever the case of the name; each is a session', async () => {
  const { start, transport } = await bench();
  const server = await start();
  const ssh = transport();
  expect(await inspect(ssh)).toEqual(hostFacts);
  expect(await inspect(ssh, host.toUpperCase())).toEqual(hostFacts);
  expect(server.counts).toEqual({ connections: 1, sessions: 2, operations: { 'inspect-host': 2 } });
});

test('runs at the same time have a connection each, which both serve what comes after', async () => {
  const { start, transport } = await bench();
  const both = Promise.withResolvers<void>();
  let running = 0;
  const server = await start({
    handle: (async () => {
      running += 1;
      if (running === 2) both.resolve();
      await both.promise;
      return hostFacts;
    }) as unknown as HandleOperation,
  });
  const ssh = transport();
  await Promise.all([inspect(ssh), inspect(ssh)]);
  await Promise.all([inspect(ssh), inspect(ssh)]);
  expect(server.counts).toMatchObject({ connections: 2, sessions: 4 });
});

test('a kept connection that the host has closed is made again, which no run notices', async () => {
  const { start, transport } = await bench();
  const server = await start();
  const sockets = clientSockets();
  const ssh = transport();
  await inspect(ssh);
  const gone = new Promise((resolve) => sockets[0]!.once('close', resolve));
  server.drop();
  await gone;
  expect(await inspect(ssh)).toEqual(hostFacts);
  expect(server.counts).toMatchObject({ connections: 2, sessions: 2 });
});

test('a kept connection on which a command cannot start is replaced once, before anything is sent', async () => {
  const { know, transport } = await bench();
  const inputs: string[] = [];
  const connections: Socket[] = [];
  const server = await rawServer({
    onConnect: (socket) => connections.push(socket),
    async onExec(channel, input) {
      inputs.push(await input);
      answer(channel, inputs.at(-1)!);
    },
    sessions: (connection, nth) => connection !== 1 || nth === 1,
  });
  await know(server.port, server.knownHostsLine(host));
  const ssh = transport();
  await inspect(ssh);
  expect(await inspect(ssh)).toEqual(hostFacts);
  expect(connections.length).toBe(2);
  expect(inputs.length).toBe(2);
});

test('a kept connection that is lost after the request was sent is a lost session, and nothing is sent again', async () => {
  const { start, transport } = await bench();
  const faults = [null, 'drop-after', null] as const;
  const server = await start({ faults: { onSession: () => faults[server.counts.sessions - 1] ?? null } });
  const ssh = transport();
  await inspect(ssh);
  expect(await failureOf(inspect(ssh))).toMatchObject({ code: 'SESSION_LOST', subject: host });
  expect(server.counts).toMatchObject({ connections: 1, sessions: 2 });
  expect(await inspect(ssh)).toEqual(hostFacts);
  expect(server.counts).toMatchObject({ connections: 2, sessions: 3 });
});

test('a connection that nobody uses is closed after its time', async () => {
  const { start, transport } = await bench();
  await start();
  const sockets = clientSockets();
  const ssh = transport({ idleMs: 5_000 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  await inspect(ssh);
  vi.advanceTimersByTime(4_999);
  expect(sockets[0]!.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(sockets[0]!.destroyed).toBe(true);
});

test('a connection in steady use is made anew after five minutes', async () => {
  const { start, transport } = await bench();
  const server = await start();
  const ssh = transport({ idleMs: 3_600_000 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  await inspect(ssh);
  vi.advanceTimersByTime(299_999);
  await inspect(ssh);
  expect(server.counts.connections).toBe(1);
  vi.advanceTimersByTime(1);
  await inspect(ssh);
  expect(server.counts.connections).toBe(1);
  await inspect(ssh);
  expect(server.counts.connections).toBe(2);
});

test('the idle connection that has waited longest makes room for another host', async () => {
  const { start, transport, hosts, settings } = await bench();
  const server = await start();
  const names = ['a.lab.example', 'b.lab.example', 'c.lab.example'];
  for (const name of names) hosts[name] = { ...hosts[host]!, fingerprint: [server.fingerprint] };
  settings.knownHostsFile += '.none';
  const sockets = clientSockets();
  const ssh = transport({ maxSessions: 2 });
  for (const name of names) await inspect(ssh, name);
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true, false, false]);
  await inspect(ssh, names[1]);
  expect(sockets.length).toBe(3);
});

test('closing ends what is kept; a run that is under way goes on and leaves nothing behind', async () => {
  const { start, transport } = await bench();
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let calls = 0;
  await start({
    handle: (async () => {
      calls += 1;
      if (calls === 3) {
        begun.resolve();
        await goOn.promise;
      }
      return hostFacts;
    }) as unknown as HandleOperation,
  });
  const sockets = clientSockets();
  const ssh = transport();
  await Promise.all([inspect(ssh), inspect(ssh)]);
  const last = inspect(ssh);
  await begun.promise;
  await ssh.close();
  expect(sockets.filter((socket) => !socket.destroyed).length).toBe(1);
  goOn.resolve();
  expect(await last).toEqual(hostFacts);
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true, true]);
});

function answer(channel: ServerChannel, input: string): void {
  const request = readRequest(input) as HostRequest<'inspect-host'>;
  finish(channel, writeAnswer(request, { ok: true, result: hostFacts }));
}
