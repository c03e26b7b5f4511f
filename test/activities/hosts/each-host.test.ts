import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { eachHost, type HostOutcome } from '../../../activities/hosts/each-host.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { failureOf, silent } from '../in-lab.ts';
import { done, failing, untouched, type Work, well } from './outcomes.ts';

interface Given {
  hosts?: string[];
  limit?: number;
  attempt?: number;
  heartbeatDetails?: unknown;
}

/** One attempt at a wave; `beats` is what the heartbeats carried, `cancel` what Temporal would do. */
function wave(work: Work, { hosts = ['a', 'b', 'c'], limit = 1, ...info }: Given = {}) {
  const environment = new MockActivityEnvironment(info, { logger: silent });
  const beats: { hosts: Record<string, HostOutcome> }[] = [];
  environment.on('heartbeat', (details) => beats.push(structuredClone(details)));
  const named = hosts.map((name) => ({ name }));
  const started: string[] = [];
  const run = () =>
    environment.run(() =>
      eachHost(named, limit, async ({ name }) => {
        started.push(name);
        return await work(name);
      }),
    );
  return { run, beats, started, cancel: (why?: 'WORKER_SHUTDOWN') => environment.cancel(why) };
}

describe('a failure', () => {
  test('starts no more hosts, and carries what became of each', async () => {
    const { run, started } = wave(failing('b'));
    const failure = await failureOf(run());
    expect(failure).toMatchObject({ type: 'SERVICE_START_FAILED', nonRetryable: true, message: 'b: no' });
    expect(failure.details).toEqual([
      [
        done('a'),
        { host: 'b', status: 'failed', code: 'SERVICE_START_FAILED', message: 'no' },
        untouched('c'),
      ],
    ]);
    expect(started).toEqual(['a', 'b']);
  });

  test('lets the hosts under way finish', async () => {
    const slow = Promise.withResolvers<string>();
    const { run } = wave(async (name) => (name === 'a' ? await slow.promise : await failing('b')(name)), {
      limit: 2,
    });
    const running = failureOf(run());
    await new Promise(setImmediate);
    slow.resolve('a is done');
    expect((await running).details).toEqual([
      [
        done('a'),
        { host: 'b', status: 'failed', code: 'SERVICE_START_FAILED', message: 'no' },
        untouched('c'),
      ],
    ]);
  });

  test('of the program itself lets them finish too, and is not dressed up as a host’s', async () => {
    const slow = Promise.withResolvers<string>();
    let finished = false;
    const { run, started } = wave(
      async (name) => {
        if (name === 'b') throw new TypeError('a fault');
        await slow.promise;
        finished = true;
        return name;
      },
      { limit: 2 },
    );
    const running = run().then(
      () => null,
      (error: unknown) => ({ error, finished }),
    );
    await new Promise(setImmediate);
    slow.resolve('');
    expect(await running).toEqual({ error: new TypeError('a fault'), finished: true });
    expect(started).toEqual(['a', 'b']);
  });

  test('that may pass is retried only where all of them may', async () => {
    const mixed: Work = async (name) => {
      throw new DmsaError(name === 'a' ? 'SESSION_LOST' : 'ACCESS_DENIED', name, 'no');
    };
    expect(await failureOf(wave(mixed, { limit: 3 }).run())).toMatchObject({
      type: 'ACCESS_DENIED',
      nonRetryable: true,
    });
    const passing: Work = async (name) => {
      throw new DmsaError('SESSION_LOST', name, 'no');
    };
    expect(await failureOf(wave(passing, { limit: 3 }).run())).toMatchObject({
      type: 'SESSION_LOST',
      nonRetryable: false,
    });
  });

  test('on a retry leaves open what an earlier attempt may have done to hosts it did not come to', async () => {
    const heartbeatDetails = { hosts: { a: done('a') } };
    const failure = await failureOf(wave(failing('b'), { attempt: 2, heartbeatDetails }).run());
    expect(failure.details).toEqual([
      [
        done('a'),
        { host: 'b', status: 'failed', code: 'SERVICE_START_FAILED', message: 'no' },
        { host: 'c', status: 'unknown' },
      ],
    ]);
  });
});

describe('a cancellation', () => {
  test('lets the host under way finish and leaves the rest untouched', async () => {
    const attempt = wave(async (name) => {
      if (name === 'b') attempt.cancel();
      return await well(name);
    });
    expect(await attempt.run()).toEqual([done('a'), done('b'), untouched('c')]);
    expect(attempt.started).toEqual(['a', 'b']);
  });

  test('before anything has begun leaves all untouched', async () => {
    const attempt = wave(well);
    attempt.cancel();
    expect(await attempt.run()).toEqual([untouched('a'), untouched('b'), untouched('c')]);
  });
});

describe('a worker that stops', () => {
  test('does not pass hosts over: the wave fails for now, with what became of each', async () => {
    const attempt = wave(async (name) => {
      if (name === 'b') attempt.cancel('WORKER_SHUTDOWN');
      return await well(name);
    });
    const failure = await failureOf(attempt.run());
    expect(failure).toMatchObject({
      type: 'ATTEMPT_CUT_OFF',
      nonRetryable: false,
      message: 'WORKER_SHUTDOWN',
    });
    expect(failure.details).toEqual([[done('a'), done('b'), untouched('c')]]);
  });

  test('loses nothing where every host is done already', async () => {
    const attempt = wave(async (name) => {
      if (name === 'c') attempt.cancel('WORKER_SHUTDOWN');
      return await well(name);
    });
    expect(await attempt.run()).toEqual([done('a'), done('b'), done('c')]);
  });
});

describe('a wave that restores', () => {
  test('goes on with the other hosts after a failure, and then fails', async () => {
    const environment = new MockActivityEnvironment({}, { logger: silent });
    const hosts = ['a', 'b', 'c'].map((name) => ({ name }));
    const restore = () => eachHost(hosts, 1, ({ name }) => failing('a')(name), { afterFailure: 'go-on' });
    const failure = await failureOf(environment.run(restore));
    expect(failure.details).toEqual([
      [{ host: 'a', status: 'failed', code: 'SERVICE_START_FAILED', message: 'no' }, done('b'), done('c')],
    ]);
  });
});

describe('a wave', () => {
  test('returns one outcome for each host, in their order, however they finish', async () => {
    const hosts = Array.from({ length: 20 }, (_each, index) => `host${index}`);
    const { run } = wave(
      async (name) => {
        for (let turns = name.length * 7 - hosts.indexOf(name); turns > 0; turns--) await Promise.resolve();
        return await well(name);
      },
      { hosts, limit: 4 },
    );
    expect(await run()).toEqual(hosts.map(done));
  });

  test('works on at most so many at once', async () => {
    let [current, most] = [0, 0];
    const { run } = wave(
      async (name) => {
        most = Math.max(most, ++current);
        await new Promise(setImmediate);
        current -= 1;
        return name;
      },
      { hosts: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], limit: 3 },
    );
    await run();
    expect(most).toBe(3);
  });

  test('tells Temporal what is done after each host', async () => {
    const { run, beats } = wave(well, { hosts: ['a', 'b'] });
    await run();
    expect(beats).toEqual([{ hosts: { a: done('a') } }, { hosts: { a: done('a'), b: done('b') } }]);
  });

  test('goes on after a retry with what is not done, and keeps the earlier results', async () => {
    const { run, started, beats } = wave(well, {
      attempt: 2,
      heartbeatDetails: { hosts: { b: { host: 'b', status: 'done', result: 'earlier' } } },
    });
    const earlier = { host: 'b', status: 'done', result: 'earlier' };
    expect(await run()).toEqual([done('a'), earlier, done('c')]);
    expect(started).toEqual(['a', 'c']);
    expect(beats[0]).toEqual({ hosts: { a: done('a'), b: earlier } });
  });

  test('tries a host again that failed before: only what is done is kept', async () => {
    let broken = true;
    const work: Work = async (name) => (broken ? await failing('a')(name) : await well(name));
    const first = wave(work, { hosts: ['a', 'b'], limit: 2 });
    expect(await failureOf(first.run())).toBeInstanceOf(ApplicationFailure);
    broken = false;
    const second = wave(work, {
      hosts: ['a', 'b'],
      limit: 2,
      attempt: 2,
      heartbeatDetails: first.beats.at(-1),
    });
    expect(await second.run()).toEqual([done('a'), done('b')]);
    expect(second.started).toEqual(['a']);
  });

  test('of no hosts is done at once', async () => {
    expect(await wave(well, { hosts: [] }).run()).toEqual([]);
  });
});
