import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type HostRequest, readRequest, writeAnswer } from '../../../lab/formats/envelope.ts';

import type { SessionFault } from '../../../lab/ssh/faults.ts';
import type { HandleOperation } from '../../../lab/ssh/session.ts';
import { startedMarker } from '../../../src/powershell/wire/bootstrap.ts';
import { answerLimit } from '../../../src/powershell/wire/envelope.ts';
import type { Result } from '../../../src/powershell/wire/operations.ts';
import { bench, clientSockets, failureOf, host, hostFacts } from './harness.ts';
import { finish, rawServer } from './raw-server.ts';

const lost = (reason: string) => ({
  code: 'SESSION_LOST',
  subject: host,
  message: `the session to ${host} ended before its answer was whole: ${reason}`,
});

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

describe('an answer of which the end is missing is never accepted', () => {
  test('where the connection is lost in its middle', async () => {
    const { inspect } = await wrong((channel, answer, drop) =>
      channel.write(answer.slice(0, answer.length / 2), drop),
    );
    expect(await failureOf(inspect())).toEqual(lost('the connection was closed'));
  });

  test('where the connection is lost after it, before the exit code', async () => {
    const { inspect } = await wrong((channel, answer, drop) => channel.write(answer, drop));
    expect(await failureOf(inspect())).toEqual(lost('the connection was closed'));
  });

  test('where the session ends without an exit code', async () => {
    const { inspect } = await wrong((channel, answer) => channel.end(answer));
    expect(await failureOf(inspect())).toEqual(lost('the command has no exit code'));
  });

  test('where the command is killed', async () => {
    const { inspect } = await wrong((channel, answer) =>
      channel.write(answer, () => {
        channel.exit('KILL' as never);
        channel.end();
      }),
    );
    expect(await failureOf(inspect())).toEqual(lost('the command was killed (SIGKILL)'));
  });

  test('where the host opens no session', async () => {
    const { know, inspect } = await bench();
    const server = await rawServer({ sessions: false });
    await know(server.port, server.knownHostsLine(host));
    expect(await failureOf(inspect())).toMatchObject({ code: 'SESSION_LOST', subject: host });
  });

  test('where it is the answer to another request', async () => {
    const { inspect } = await wrong((channel, answer) =>
      finish(channel, answer.replaceAll(/[0-9a-f]{32}/g, '0'.repeat(32))),
    );
    expect(await failureOf(inspect())).toMatchObject({ code: 'ANSWER_INVALID' });
  });
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

test.each([
  ['as cmd.exe in German', 1, 'Der Befehl "powershell.exe" ist entweder falsch geschrieben oder'],
  ['as cmd.exe in French', 1, "'powershell.exe' n\u2019est pas reconnu en tant que commande interne"],
  ['by the code of cmd.exe', 9009, ''],
  ['by the code of a POSIX shell', 127, 'sh: 1: powershell.exe: not found'],
])('a host that does not know PowerShell says so: %s', async (_, exitCode, stderr) => {
  const { know, inspect } = await bench();
  const server = await rawServer({
    onExec(channel) {
      channel.stderr.write(stderr);
      finish(channel, '', exitCode);
    },
  });
  await know(server.port, server.knownHostsLine(host));
  const shown = stderr ? `, standard error "${stderr}"` : '';
  expect(await failureOf(inspect())).toEqual({
    code: 'POWERSHELL_MISSING',
    subject: host,
    message: `${host} did not start powershell.exe (exit code ${exitCode}${shown})`,
  });
});

test('a PowerShell that has started and fails is not called missing, whatever its exit code', async () => {
  const { know, inspect } = await bench();
  const server = await rawServer({
    onExec(channel) {
      channel.stderr.write('"powershell.exe" failed');
      finish(channel, `${startedMarker}\n`, 127);
    },
  });
  await know(server.port, server.knownHostsLine(host));
  expect(await failureOf(inspect())).toMatchObject({ code: 'ANSWER_INVALID' });
});

test('fifty megabytes are not read to their end', async () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const ended = Promise.withResolvers<void>();
  let written = 0;
  const { inspect } = await wrong((channel) => {
    channel.once('close', ended.resolve);
    const more = () => {
      written += 1;
      if (written < 50) channel.write(megabyte, more);
      else finish(channel, '');
    };
    channel.write(megabyte, more);
  });
  const sockets = clientSockets();
  expect(await failureOf(inspect())).toEqual({
    code: 'ANSWER_INVALID',
    subject: host,
    message: `the answer of ${host} is longer than ${answerLimit} octets`,
  });
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
  await ended.promise;
  expect(written).toBeLessThan(50);
});

test('an answer as long as it may be is read whole', async () => {
  const name = 'a'.repeat(1_000);
  const many = { ...hostFacts, services: Array(3_500).fill({ ...hostFacts.services[0], name }) };
  const { start, inspect } = await bench();
  await start({ handle: (async () => many) as unknown as HandleOperation });
  expect(await inspect()).toEqual(many);
});

test('what the host prints before and after the answer, and on standard error, changes nothing', async () => {
  const { inspect } = await wrong((channel, answer) => {
    channel.stderr.write(`#< CLIXML\r\n<Objs><S S="Error">failed</S></Objs>${'x'.repeat(1024 * 1024)}`);
    finish(channel, `Welcome to WEB01!\r\nPr\xfcfung\r\n${answer}Goodbye.\r\n`, 1);
  });
  expect(await inspect()).toEqual(hostFacts);
});

test('a command that ends without reading its input has given no answer', async () => {
  const { know, inspect } = await bench();
  const server = await rawServer({ onExec: (channel) => finish(channel, '', 2) });
  await know(server.port, server.knownHostsLine(host));
  expect(await failureOf(inspect())).toMatchObject({
    code: 'ANSWER_INVALID',
    message: expect.stringContaining('(exit code 2)'),
  });
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

/** A host that makes the right answer, and then does as told with it. */
async function wrong(
  answerWith: (channel: Parameters<typeof finish>[0], answer: string, drop: () => void) => unknown,
) {
  const { know, inspect } = await bench();
  const server = await rawServer({
    async onExec(channel, input, drop) {
      const request = readRequest(await input) as HostRequest<'inspect-host'>;
      const result: Result<'inspect-host'> = hostFacts;
      answerWith(channel, writeAnswer(request, { ok: true, result }), drop);
    },
  });
  await know(server.port, server.knownHostsLine(host));
  return { inspect };
}
