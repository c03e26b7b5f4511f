import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  type TemporalFailure,
} from '@temporalio/workflow';

import type { ErrorCode } from '../src/domain/errors/errors.ts';
import type { Failure } from '../src/domain/migration/failure.ts';

/** Makes a failure that ends the way forward, or is compensated anew. */
export function failWith(code: ErrorCode, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}

/** Returns code and message of an error. The cause of an activity's failure has the code as its type. */
export function failureOf(error: TemporalFailure): Failure {
  if (isCancellation(error))
    return { code: 'CANCELLED' satisfies ErrorCode, message: 'stopped, to turn back' };
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  const code = cause instanceof ApplicationFailure ? cause.type : null;
  return { code: code ?? ('TIMED_OUT' satisfies ErrorCode), message: cause.message };
}
