import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';

import { DmsaError } from '../domain/errors/errors.ts';

/** gRPC status codes (grpc.io/docs/guides/status-codes). */
const failedPrecondition = 9;
const unavailable = 14;
const notFound = 5;
/** DEADLINE_EXCEEDED, and CANCELLED where the server noticed the deadline first; nobody else cancels a call here. */
const unanswered = [4, 1];

/**
 * Does the work; what Temporal throws is thrown as the DmsaError that says what to do. `answeredBy` is who is at fault
 * where no answer comes in time: a query is answered by a worker, everything else by Temporal itself.
 */
export async function translated<T>(
  subject: string,
  answeredBy: 'worker' | 'temporal',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(subject, answeredBy, error);
  }
}

function translate(subject: string, answeredBy: 'worker' | 'temporal', error: unknown): unknown {
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return new DmsaError('MIGRATION_RUNNING', subject, `${subject} is running already`, { cause: error });
  if (error instanceof WorkflowNotFoundError)
    return error.message.includes('already completed')
      ? new DmsaError('MIGRATION_ENDED', subject, `${subject} has ended already`, { cause: error })
      : new DmsaError('MIGRATION_NOT_FOUND', subject, `there is no migration ${subject}`, { cause: error });
  const cause = grpcCause(error);
  if (!cause) return error;
  const { code, details } = cause;
  const noPoller = code === failedPrecondition && /no poller|worker may be down/i.test(details);
  if (noPoller || (answeredBy === 'worker' && unanswered.includes(code)))
    return new DmsaError('NO_WORKER', subject, `no worker answers for ${subject}`, { cause: error });
  if (code === notFound)
    return new DmsaError('MIGRATION_NOT_FOUND', subject, `there is no migration ${subject}`, {
      cause: error,
    });
  if (code === unavailable || unanswered.includes(code)) {
    const message = `Temporal does not answer: ${details}`;
    return new DmsaError('TEMPORAL_UNAVAILABLE', subject, message, { cause: error });
  }
  return error;
}

function grpcCause(error: unknown): { code: number; details: string } | null {
  for (let each = error; each instanceof Error; each = each.cause) if (isGrpcServiceError(each)) return each;
  return null;
}
