import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { eachHost, FailedWith, type HostOutcome } from '../../../activities/hosts/each-host.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { failureOf, silent } from '../in-lab.ts';
import { done, failing, untouched, type Work, well } from './outcomes.ts';

/** The same where some may fail; `attempts` is how often Temporal tries at the most. */
function tolerant(
  work: Work,
  maxFailures: number,
  { attempt = 1, attempts = 8, heartbeatDetails }: Tolerance = {},
) {
  const info = { attempt, heartbeatDetails, retryPolicy: { maximumAttempts: attempts } };
  const environment = new MockActivityEnvironment(info, { logger: silent });
  const beats: { hosts: Record<string, HostOutcome> }[] = [];
  environment.on('heartbeat', (details) => beats.push(structuredClone(details)));
  const hosts = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
  const started: string[] = [];
  const work1 = async ({ name }: { name: string }) => {
    started.push(name);
    return await work(name);
  };
  const run = (): Promise<HostOutcome[]> => environment.run(() => eachHost(hosts, 1, work1, { maxFailures }));
  return { run, beats, started };
}

interface Tolerance {
  attempt?: number;
  attempts?: number;
  heartbeatDetails?: unknown;
}

describe('where some hosts may fail', () => {
  const broken = (host: string): HostOutcome => ({
    host,
    status: 'failed',
    code: 'SERVICE_START_FAILED',
    message: 'no',
  });
  const lost = (...names: string[]): Work => {
    return async (name) => {
      if (names.includes(name)) throw new DmsaError('SESSION_LOST', name, 'gone');
      return `${name} is done`;
    };
  };

  test('one more than that stops the wave, with TOO_MANY_FAILURES and what became of each', async () => {
    const { run, started } = tolerant(failing('a', 'b'), 1);
    const failure = await failureOf(run());
    expect(failure).toMatchObject({ type: 'TOO_MANY_FAILURES', nonRetryable: true });
    expect(failure.message).toBe('a: 2 hosts failed and 1 may, SERVICE_START_FAILED first: no');
    expect(failure.details).toEqual([[broken('a'), broken('b'), untouched('c'), untouched('d')]]);
    expect(started).toEqual(['a', 'b']);
  });

  test('the wave goes on and succeeds, telling the failed ones among the others', async () => {
    const { run, beats } = tolerant(failing('b'), 1);
    expect(await run()).toEqual([done('a'), broken('b'), done('c'), done('d')]);
    expect(Object.keys(beats.at(-1)!.hosts)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('what another attempt may mend is tried again, and only that', async () => {
    const first = tolerant(async (name) => (name === 'a' ? failing('a')(name) : lost('c')(name)), 2);
    const failure = await failureOf(first.run());
    expect(failure).toMatchObject({ type: 'SESSION_LOST', nonRetryable: false });
    const heartbeatDetails = first.beats.at(-1);
    const second = tolerant(well, 2, { attempt: 2, heartbeatDetails });
    expect(await second.run()).toEqual([broken('a'), done('b'), done('c'), done('d')]);
    expect(second.started).toEqual(['c']);
  });

  test('the last attempt takes for failed what could be tried again, within the limit and above', async () => {
    const last = { attempt: 3, attempts: 3 };
    const within = await tolerant(lost('c'), 1, last).run();
    expect(within[2]).toEqual({ host: 'c', status: 'failed', code: 'SESSION_LOST', message: 'gone' });
    const above = await failureOf(tolerant(lost('a', 'b'), 1, last).run());
    expect(above).toMatchObject({ type: 'TOO_MANY_FAILURES', nonRetryable: true });
  });

  test('failures of an earlier attempt count', async () => {
    const heartbeatDetails = { hosts: { a: broken('a') } };
    const { run, started } = tolerant(failing('b'), 1, { attempt: 2, heartbeatDetails });
    expect(await failureOf(run())).toMatchObject({ type: 'TOO_MANY_FAILURES' });
    expect(started).toEqual(['b']);
  });

  test('a fault of this program stays one', async () => {
    const { run } = tolerant(async () => {
      throw new TypeError('a fault');
    }, 3);
    await expect(run()).rejects.toThrow('a fault');
  });

  test('what is to be told of a failed host is told', async () => {
    const sick: Work = async (name) => {
      if (name === 'b') throw new FailedWith('HEALTH_CHECK_FAILED', name, 'tcp 80', { restarted: ['A'] });
      return `${name} is done`;
    };
    expect((await tolerant(sick, 1).run())[1]).toEqual({
      host: 'b',
      status: 'failed',
      code: 'HEALTH_CHECK_FAILED',
      message: 'tcp 80',
      result: { restarted: ['A'] },
    });
  });

  test('one that still waited for its session when the wave was cancelled is untouched', async () => {
    const environment = new MockActivityEnvironment({}, { logger: silent });
    const waiting = environment.run(() =>
      eachHost([{ name: 'a' }], 1, async () => {
        const { cancellationSignal } = Context.current();
        environment.cancel();
        cancellationSignal.throwIfAborted();
      }),
    );
    expect(await waiting).toEqual([untouched('a')]);
  });
});
