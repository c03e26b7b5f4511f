import { z } from 'zod';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import {
  asciiJson,
  beginMarker,
  type Credential,
  checkParameters,
  describe,
  endMarker,
  envelopeVersion,
} from '../../src/powershell/wire/envelope.ts';
import {
  type OperationError,
  type OperationName,
  operationNames,
  type operations,
  type Result,
} from '../../src/powershell/wire/operations.ts';

/** What a host reads of a request; the script texts are for Windows hosts alone. */
export type HostRequest<N extends OperationName = OperationName> = {
  [M in N]: {
    operation: M;
    nonce: string;
    parameters: z.output<(typeof operations)[M]['parameters']>;
    credential: Credential | null;
  };
}[N];

const requestSchema = z.object({
  v: z.literal(envelopeVersion),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  operation: z.enum(operationNames),
  prelude: z.string(),
  script: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  credential: z.object({ user: z.string(), password: z.string() }).nullable(),
});

/** Standard input, as a simulated host reads it. Throws DmsaError INVALID_PARAMETER that names the field. */
export function readRequest(text: string): HostRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new DmsaError('INVALID_PARAMETER', '(request)', 'the request is not whole JSON');
  }
  const request = requestSchema.safeParse(json);
  if (!request.success) {
    const field = request.error.issues[0]!.path.join('.') || '(request)';
    throw new DmsaError('INVALID_PARAMETER', field, `the request: ${describe(request.error)}`);
  }
  const { operation, nonce, credential } = request.data;
  return {
    operation,
    nonce,
    credential,
    parameters: checkParameters(operation, request.data.parameters),
  } as HostRequest;
}

export type HostReply<N extends OperationName> =
  | { ok: true; result: Result<N> }
  | { ok: false; error: OperationError };

/** Standard output for an answer, as the bootstrap prints it. */
export function writeAnswer<N extends OperationName>(
  request: { operation: N; nonce: string },
  answer: HostReply<N>,
): string {
  const json = asciiJson({ v: envelopeVersion, operation: request.operation, ...answer });
  return `\n${beginMarker} ${request.nonce} ${json.length}\n${json}\n${endMarker} ${request.nonce}\n`;
}
