import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  type TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';

import { type ErrorCode, isErrorCode } from '../src/domain/errors/errors.ts';
import type { Failure } from '../src/domain/migration/failure.ts';

/** Makes a failure that ends the way forward, or is compensated anew. */
export function failWith(code: ErrorCode, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}

/**
 * Returns code and message of an error. The cause of an activity's failure has the code as its type. Time that Temporal
 * measures is TIMED_OUT; a failure without a code of the table is UNEXPECTED.
 */
export function failureOf(error: TemporalFailure): Failure {
  if (isCancellation(error))
    return { code: 'CANCELLED' satisfies ErrorCode, message: 'stopped, to turn back' };
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  const type = cause instanceof ApplicationFailure ? cause.type : null;
  const unnamed: ErrorCode = cause instanceof TimeoutFailure ? 'TIMED_OUT' : 'UNEXPECTED';
  return { code: type && isErrorCode(type) ? type : unnamed, message: cause.message };
}
