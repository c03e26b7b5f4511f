import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';

import { DmsaError } from '../domain/errors.ts';

/** gRPC status codes (grpc.io/docs/guides/status-codes). */
const deadlineExceeded = 4;
const failedPrecondition = 9;
const unavailable = 14;

/** Does the work; what Temporal throws is thrown as the DmsaError that says what to do. */
export async function translated<T>(subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(subject, error);
  }
}

function translate(subject: string, error: unknown): unknown {
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return new DmsaError('MIGRATION_RUNNING', subject, `${subject} is running already`, { cause: error });
  if (error instanceof WorkflowNotFoundError)
    return error.message.includes('already completed')
      ? new DmsaError('MIGRATION_ENDED', subject, `${subject} has ended already`, { cause: error })
      : new DmsaError('MIGRATION_NOT_FOUND', subject, `there is no migration ${subject}`, { cause: error });
  const cause = grpcCause(error);
  if (!cause) return error;
  const { code, details } = cause;
  if (
    code === deadlineExceeded ||
    (code === failedPrecondition && /no poller|worker may be down/i.test(details))
  )
    return new DmsaError('NO_WORKER', subject, `no worker answers for ${subject}`, { cause: error });
  if (code === unavailable)
    return new DmsaError('TEMPORAL_UNAVAILABLE', subject, `Temporal does not answer: ${details}`, {
      cause: error,
    });
  return error;
}

function grpcCause(error: unknown): { code: number; details: string } | null {
  for (let each = error; each instanceof Error; each = each.cause) if (isGrpcServiceError(each)) return each;
  return null;
}
