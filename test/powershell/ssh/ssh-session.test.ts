import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SessionFault } from '../../../lab/ssh/faults.ts';
import type { HandleOperation } from '../../../lab/ssh/session.ts';
import { allClosed, bench, clientSockets, failureOf, host, hostFacts } from './harness.ts';
import { lost, rawServer } from './raw-server.ts';

describe('a session that fails as the lab is told', () => {
  test.each([
    ['drop-before', 0, lost('the connection was closed')],
    ['drop-after', 1, lost('the connection was closed')],
    [
      'half-answer',
      1,
      {
        code: 'ANSWER_INVALID',
        subject: host,
        message: `${host}: the answer to inspect-host is not valid: it was cut short (exit code 0)`,
      },
    ],
    [
      'refuse',
      0,
      {
        code: 'ANSWER_INVALID',
        subject: host,
        message: `${host}: the answer to inspect-host is not valid: its first marker is missing in 23 characters of output (exit code 1, standard error "Access is denied.")`,
      },
    ],
  ] as const)(
    'by %s has had its effect %i times, leaves nothing open, and the next one succeeds',
    async (fault, effects, failure) => {
      const faults: (SessionFault | null)[] = [fault];
      const done: string[] = [];
      const { start, inspect } = await bench();
      const server = await start({
        faults: {
          onSession(_host, operation) {
            done.push(`asked ${operation}`);
            return faults.shift() ?? null;
          },
        },
        handle: (async () => {
          done.push('effect');
          return hostFacts;
        }) as unknown as HandleOperation,
      });
      const sockets = clientSockets();
      expect(await failureOf(inspect())).toEqual(failure);
      expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
      expect(done).toEqual(['asked inspect-host', 'effect'].slice(0, 1 + effects));
      expect(await inspect()).toEqual(hostFacts);
      expect(server.counts).toEqual({ connections: 2, sessions: 2, operations: { 'inspect-host': 2 } });
    },
  );
});

describe('a session that hangs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
  });

  async function hanging() {
    const reached = Promise.withResolvers<void>();
    const faults: (SessionFault | null)[] = ['hang'];
    const { start, inspect } = await bench();
    const server = await start({
      faults: {
        onSession() {
          reached.resolve();
          return faults.shift() ?? null;
        },
      },
    });
    return { server, inspect, reached: reached.promise };
  }

  test('times out, and the connection is closed', async () => {
    const { server, inspect, reached } = await hanging();
    const sockets = clientSockets();
    const failure = failureOf(inspect({ timeoutMs: 10_000 }));
    await reached;
    vi.advanceTimersByTime(10_000);
    expect(await failure).toEqual({
      code: 'TIMED_OUT',
      subject: host,
      message: `${host} did not answer within 10s`,
    });
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
    expect(await inspect()).toEqual(hostFacts);
    await server.close();
    await allClosed(sockets);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is aborted with the reason of the signal, and the connection is closed', async () => {
    const { server, inspect, reached } = await hanging();
    const sockets = clientSockets();
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const run = inspect({ signal: controller.signal });
    await reached;
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
    await server.close();
    await allClosed(sockets);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('on a host that is gone is lost when three probes stay unanswered', async () => {
    const { know, inspect } = await bench();
    const reached = Promise.withResolvers<void>();
    const server = await rawServer({
      onConnect: (socket) => socket.on('data', () => undefined),
      onExec: (_channel, input) => input.then(() => reached.resolve()),
      config: { keepaliveInterval: 1_000_000 },
    });
    await know(server.port, server.knownHostsLine(host));
    const failure = failureOf(inspect({ timeoutMs: 600_000 }, { ssh: { firstByteTimeoutMs: 600_000 } }));
    await reached.promise;
    // In one leap, so that no answer to a probe comes in between.
    vi.advanceTimersByTime(60_000);
    expect(await failure).toEqual(lost('Keepalive timeout'));
  });
});

test('a signal that is aborted already makes no connection', async () => {
  const { start, inspect } = await bench();
  const server = await start();
  const reason = new Error('cancelled');
  await expect(inspect({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(server.counts.connections).toBe(0);
});

test('a signal that is aborted while keys are read makes no connection', async () => {
  const { start, inspect } = await bench();
  const server = await start();
  const controller = new AbortController();
  const reason = new Error('cancelled');
  const run = inspect({ signal: controller.signal });
  controller.abort(reason);
  await expect(run).rejects.toBe(reason);
  expect(server.counts.connections).toBe(0);
});

test('a signal that outlives many runs is left without listeners', async () => {
  const { start, inspect } = await bench();
  const server = await start({
    faults: { onSession: () => (server.counts.sessions > 1 ? null : 'drop-after') },
  });
  const { signal } = new AbortController();
  expect(await failureOf(inspect({ signal }))).toMatchObject({ code: 'SESSION_LOST' });
  expect(await inspect({ signal })).toEqual(hostFacts);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a command that starts and prints nothing has a time of its own, and is told so', async () => {
  const { know, inspect } = await bench();
  const reached = Promise.withResolvers<void>();
  const server = await rawServer({ onExec: (_channel, input) => input.then(() => reached.resolve()) });
  await know(server.port, server.knownHostsLine(host));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const failure = failureOf(inspect({ timeoutMs: 600_000 }));
  await reached.promise;
  vi.advanceTimersByTime(60_000);
  expect(await failure).toEqual({
    code: 'TIMED_OUT',
    subject: host,
    message: `${host} started the command, which printed nothing within 1m`,
  });
  expect(vi.getTimerCount()).toBe(0);
});

test('a connection reset in the middle is a lost session', async () => {
  const { know, inspect } = await bench();
  const sockets: Socket[] = [];
  const server = await rawServer({
    onConnect: (socket) => sockets.push(socket),
    onExec: () => sockets[0]!.resetAndDestroy(),
  });
  await know(server.port, server.knownHostsLine(host));
  expect(await failureOf(inspect())).toMatchObject({ code: 'SESSION_LOST', subject: host });
});
