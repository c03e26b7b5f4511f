import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';

import { attempt, notDue, now, toFailure, translateFailures } from '../../activities/runtime.ts';
import { DmsaError, type ErrorCode, errorKinds } from '../../src/domain/errors/errors.ts';
import { failureOf, silent } from './in-lab.ts';

describe('what Temporal is told of a failure', () => {
  test.each(Object.keys(errorKinds) as ErrorCode[])('%s is retried as its table says', (code) => {
    const failure = toFailure(new DmsaError(code, 'subject', 'what happened'), 'detail');
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: code,
      message: 'subject: what happened',
      nonRetryable: !errorKinds[code].retryable,
      details: ['detail'],
    });
  });

  test('its cause stays with it', () => {
    const cause = new Error('deeper');
    expect(toFailure(new DmsaError('TIMED_OUT', 's', 'm', { cause }))).toMatchObject({ cause });
  });

  test.each([
    ['a failure of Temporal’s', ApplicationFailure.retryable('again', 'NOT_DUE')],
    ['a cancellation', new CancelledFailure('cancelled')],
    ['a fault of this program', new TypeError('a fault')],
    ['what is no error', 'text'],
  ])('%s is passed on as it is', (_what, error) => {
    expect(toFailure(error)).toBe(error);
  });

  test('a worker that stops leaves the attempt to another', () => {
    expect(toFailure(new CancelledFailure('WORKER_SHUTDOWN'))).toMatchObject({
      type: 'ATTEMPT_CUT_OFF',
      nonRetryable: false,
    });
  });

  test('activities keep their names, arguments and results', async () => {
    const activities = translateFailures({
      add: async (a: number, b: number) => a + b,
      fail: async () => {
        throw new DmsaError('NOT_FOUND', 's', 'gone');
      },
    });
    expect(Object.keys(activities)).toEqual(['add', 'fail']);
    expect(await activities.add(1, 2)).toBe(3);
    expect(await failureOf(activities.fail())).toMatchObject({ type: 'NOT_FOUND', nonRetryable: true });
  });
});

describe('time and attempts', () => {
  test('are Temporal’s, not the machine’s', async () => {
    const info = { attempt: 7, currentAttemptScheduledTimestampMs: Date.parse('2031-02-03T04:05:06.789Z') };
    const environment = new MockActivityEnvironment(info, { logger: silent });
    const seen = await environment.run(async () => `${now().toISOString()} ${attempt()}`);
    expect(seen).toBe('2031-02-03T04:05:06.789Z 7');
  });

  test.each([
    [36_000_000, 36_000_000],
    [0.2, 1],
    [1.5, 2],
    [-5, 1],
  ])('what is not due in %f ms is looked at again in %i ms, without noise', (left, delay) => {
    const wait = () => notDue({ kind: 'observation' }, left);
    expect(wait).toThrow('waiting for the observation to end');
    try {
      wait();
    } catch (error) {
      expect(error).toMatchObject({
        type: 'NOT_DUE',
        nextRetryDelay: delay,
        nonRetryable: false,
        category: ApplicationFailureCategory.BENIGN,
      });
    }
  });
});
