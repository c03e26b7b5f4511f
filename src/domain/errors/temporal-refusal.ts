import { causeLine } from './cause-line.ts';
import { DmsaError, type ErrorCode } from './errors.ts';

/** gRPC status codes (grpc.io/docs/guides/status-codes), and how the worker's native connection words them. */
const statuses = {
  cancelled: { code: 1, native: /code: '?(Cancelled|The operation was cancelled)/ },
  invalidArgument: { code: 3, native: /code: '?(InvalidArgument|Client specified an invalid argument)/ },
  deadlineExceeded: { code: 4, native: /code: '?(DeadlineExceeded|Deadline expired)/ },
  notFound: { code: 5, native: /code: '?(NotFound|Some requested entity was not found)/ },
  permissionDenied: { code: 7, native: /code: '?(PermissionDenied|The caller does not have permission)/ },
  resourceExhausted: { code: 8, native: /code: '?(ResourceExhausted|Some resource has been exhausted)/ },
  failedPrecondition: { code: 9, native: /code: '?(FailedPrecondition|The system is not in a state)/ },
  unimplemented: { code: 12, native: /code: '?(Unimplemented|Operation is not implemented)/ },
  unavailable: { code: 14, native: /code: '?(Unavailable|The service is currently unavailable)/ },
  unauthenticated: { code: 16, native: /code: '?(Unauthenticated|The request does not have valid auth)/ },
} as const;

export type GrpcStatus = keyof typeof statuses;

/** The first row that fits decides; a row without a status is for whatever has none of its own. */
const refusals: { status: GrpcStatus; text?: RegExp; code: ErrorCode }[] = [
  { status: 'notFound', text: /namespace \S+ (is|was) not found/i, code: 'NAMESPACE_NOT_FOUND' },
  {
    status: 'invalidArgument',
    text: /no mapping defined for search attribute|is not a valid search attribute/,
    code: 'SEARCH_ATTRIBUTES_MISSING',
  },
  {
    status: 'invalidArgument',
    text: /invalid value for search attribute/,
    code: 'SEARCH_ATTRIBUTES_MISTYPED',
  },
  {
    status: 'invalidArgument',
    text: /cannot have more than \d+ search attribute/,
    code: 'SEARCH_ATTRIBUTES_FULL',
  },
  { status: 'unauthenticated', code: 'TEMPORAL_LOGIN_REFUSED' },
  { status: 'permissionDenied', code: 'TEMPORAL_DENIED' },
  { status: 'resourceExhausted', code: 'TEMPORAL_BUSY' },
  { status: 'unimplemented', code: 'TEMPORAL_UNSUITABLE' },
  { status: 'unavailable', code: 'TEMPORAL_UNAVAILABLE' },
  { status: 'deadlineExceeded', code: 'TEMPORAL_UNAVAILABLE' },
  { status: 'cancelled', code: 'TEMPORAL_UNAVAILABLE' },
];

/**
 * Translates what Temporal refuses, to a client or a worker, into an error with a code; null for what is none of
 * Temporal's errors. `subject`: the address, namespace or migration that it is about. Loads nothing of Temporal's SDK.
 */
export function temporalRefusal(subject: string, error: unknown): DmsaError | null {
  if (error instanceof DmsaError) return error;
  const message = `Temporal: ${causeLine(error)}`;
  if (chainOf(error).some(({ name }) => name === 'NamespaceNotFoundError'))
    return new DmsaError('NAMESPACE_NOT_FOUND', subject, message, { cause: error });
  const found = grpcStatus(error);
  if (!found) return null;
  const row = refusals.find(
    ({ status, text }) => status === found.status && (!text || text.test(found.details)),
  );
  return new DmsaError(row?.code ?? 'TEMPORAL_REFUSED', subject, message, { cause: error });
}

/** gRPC status in an error or one of its causes, and what the server says; null where there is none. */
export function grpcStatus(error: unknown): { status: GrpcStatus | null; details: string } | null {
  for (const each of chainOf(error)) {
    if ('code' in each && 'details' in each && 'metadata' in each)
      return { status: statusOf((known) => known.code === each.code), details: String(each.details) };
    if (each.name !== 'TransportError') continue;
    const status = statusOf(({ native }) => native.test(each.message));
    return status && { status, details: /message: "([^"]*)"/.exec(each.message)?.[1] ?? each.message };
  }
  return null;
}

function statusOf(isIt: (status: (typeof statuses)[GrpcStatus]) => boolean): GrpcStatus | null {
  const found = Object.entries(statuses).find(([, status]) => isIt(status));
  return found ? (found[0] as GrpcStatus) : null;
}

function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && !chain.includes(each); each = each.cause) chain.push(each);
  return chain;
}
