import { ActivityFailure, RetryState, ServerFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/workflow';
import { expect, test } from 'vitest';

import { failureOf } from '../../workflows/failures.ts';

const activity = (cause?: Error) =>
  new ActivityFailure('Activity task failed', 'preflight', '1', RetryState.TIMEOUT, 'worker', cause);

test.each([
  ['its code', ApplicationFailure.nonRetryable('no', 'ACCESS_DENIED'), 'ACCESS_DENIED'],
  [
    'TIMED_OUT for a limit of Temporal',
    new TimeoutFailure('late', undefined, TimeoutType.HEARTBEAT),
    'TIMED_OUT',
  ],
  ['UNEXPECTED for a failure of the server', new ServerFailure('gone', true), 'UNEXPECTED'],
  ['UNEXPECTED for a failure without a code', ApplicationFailure.nonRetryable('no'), 'UNEXPECTED'],
  ['UNEXPECTED for an error of JavaScript', ApplicationFailure.retryable('no', 'TypeError'), 'UNEXPECTED'],
  ['UNEXPECTED for an activity without a cause', undefined, 'UNEXPECTED'],
])('a failed activity has %s', (_what, cause, code) => {
  const message = cause?.message ?? 'Activity task failed';
  expect(failureOf(activity(cause))).toEqual({ code, message });
});
