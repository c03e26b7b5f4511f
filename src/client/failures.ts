import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';

import { DmsaError } from '../domain/errors/errors.ts';
import { type GrpcStatus, grpcStatus, temporalRefusal } from '../domain/errors/temporal-refusal.ts';

/** No answer in time; `cancelled` where the server noticed the deadline first, as nobody else cancels a call here. */
const unanswered: (GrpcStatus | null)[] = ['deadlineExceeded', 'cancelled'];

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

function translate(subject: string, answeredBy: 'worker' | 'temporal', cause: unknown): unknown {
  if (cause instanceof WorkflowExecutionAlreadyStartedError)
    return new DmsaError('MIGRATION_RUNNING', subject, `${subject} is running already`, { cause });
  if (cause instanceof WorkflowNotFoundError)
    return cause.message.includes('already completed')
      ? new DmsaError('MIGRATION_ENDED', subject, `${subject} has ended already`, { cause })
      : new DmsaError('MIGRATION_NOT_FOUND', subject, `there is no migration ${subject}`, { cause });
  const { status, details } = grpcStatus(cause) ?? { status: null, details: '' };
  const noPoller = status === 'failedPrecondition' && /no poller|worker may be down/i.test(details);
  if (noPoller || (answeredBy === 'worker' && unanswered.includes(status)))
    return new DmsaError('NO_WORKER', subject, `no worker answers for ${subject}`, { cause });
  const refusal = temporalRefusal(subject, cause);
  if (status === 'notFound' && refusal?.code === 'TEMPORAL_REFUSED')
    return new DmsaError('MIGRATION_NOT_FOUND', subject, `there is no migration ${subject}`, { cause });
  return refusal ?? cause;
}
