import { randomBytes } from 'node:crypto';
import { z } from 'zod';

import { DmsaError, isErrorCode } from '../../domain/errors/errors.ts';
import {
  type OperationError,
  type OperationName,
  operationError,
  operations,
  type Parameters,
  type Result,
} from './operations.ts';
import { prelude, scripts } from './scripts.ts';

/**
 * The envelope of one operation: one JSON object in on standard input, one framed JSON object out on standard output.
 * Both are pure ASCII, as console code pages garble the rest. The answer stands between two markers that carry a
 * nonce of the request, and the first of them its length: a banner before it, a half-written answer or the answer to
 * another request is never taken for this one.
 */
export const envelopeVersion = 1;

/** Characters of standard output beyond which an answer is refused, so that no host can fill the worker's memory. */
export const answerLimit = 4 * 1024 * 1024;

export interface Credential {
  user: string;
  password: string;
}

export interface PreparedRequest<N extends OperationName> {
  /** All of standard input; ends with a line end. Holds the credential: never to be logged. */
  input: string;
  /** Text of this request alone: it is in both markers of its answer. */
  nonce: string;
  /**
   * The result in the whole of standard output. Throws DmsaError: ANSWER_INVALID where there is no whole answer of
   * the promised shape; the code that the script reported; SCRIPT_FAILED where that code is not in the table.
   */
  read(stdout: string): Result<N>;
}

/**
 * `scripts: 'installed'` sends no script text: the other side has the scripts of its own. Throws DmsaError
 * INVALID_PARAMETER, with the field as its subject, before anything is sent.
 */
export function prepareRequest<N extends OperationName>(
  operation: N,
  parameters: Parameters<N>,
  credential: Credential | null,
  { scripts: carried }: { scripts: 'sent' | 'installed' } = { scripts: 'sent' },
): PreparedRequest<N> {
  const request = {
    v: envelopeVersion,
    nonce: randomBytes(16).toString('hex'),
    operation,
    ...(carried === 'sent' ? { prelude, script: scripts[operation] } : {}),
    parameters: checkParameters(operation, parameters),
    credential,
  };
  return {
    input: `${asciiJson(request)}\n`,
    nonce: request.nonce,
    read: (stdout) => readAnswer(operation, request.nonce, stdout, credential),
  };
}

export function checkParameters<N extends OperationName>(operation: N, parameters: unknown) {
  const schema = operations[operation].parameters as z.ZodObject;
  const checked = schema.strict().safeParse(parameters);
  if (checked.success) return checked.data as z.output<(typeof operations)[N]['parameters']>;
  const issue = checked.error.issues[0]!;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const field = [...issue.path, ...unknown.slice(0, 1)].join('.') || '(parameters)';
  throw new DmsaError('INVALID_PARAMETER', field, `${operation}: ${field}: ${issue.message}`);
}

const answerSchema = z.discriminatedUnion('ok', [
  z.object({
    v: z.literal(envelopeVersion),
    operation: z.string(),
    ok: z.literal(true),
    result: z.unknown(),
  }),
  z.object({
    v: z.literal(envelopeVersion),
    operation: z.string(),
    ok: z.literal(false),
    error: operationError,
  }),
]);

function readAnswer<N extends OperationName>(
  operation: N,
  nonce: string,
  stdout: string,
  credential: Credential | null,
): Result<N> {
  const answer = answerSchema.safeParse(parseJson(operation, unframe(operation, nonce, stdout)));
  if (!answer.success) throw invalid(operation, describe(answer.error));
  if (answer.data.operation !== operation)
    throw invalid(operation, `it answers the operation "${answer.data.operation}"`);
  if (!answer.data.ok) throw reported(operation, answer.data.error, credential);
  const result = operations[operation].result.safeParse(answer.data.result);
  if (!result.success) throw invalid(operation, describe(result.error));
  return result.data as Result<N>;
}

function unframe(operation: OperationName, nonce: string, stdout: string): string {
  if (stdout.length > answerLimit) throw invalid(operation, `it is longer than ${answerLimit} characters`);
  const begin = new RegExp(`${beginMarker} ${nonce} (\\d{1,9})\\r?\\n`).exec(stdout);
  if (!begin)
    throw invalid(operation, `its first marker is missing in ${stdout.length} characters of output`);
  const start = begin.index + begin[0].length;
  const end = start + Number(begin[1]);
  const marker = new RegExp(`\\r?\\n${endMarker} ${nonce}\\r?\\n`, 'y');
  marker.lastIndex = end;
  if (!marker.test(stdout)) throw invalid(operation, 'it was cut short');
  return stdout.slice(start, end);
}

function parseJson(operation: OperationName, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be an echo of the request and its credential.
    throw invalid(operation, 'it is not JSON');
  }
}

function reported(operation: OperationName, error: OperationError, credential: Credential | null): DmsaError {
  const secret = credential?.password;
  const message = secret ? error.message.replaceAll(secret, '***') : error.message;
  const subject = error.target ?? operation;
  return isErrorCode(error.code)
    ? new DmsaError(error.code, subject, message)
    : new DmsaError('SCRIPT_FAILED', subject, `${error.code}: ${message}`);
}

function invalid(operation: OperationName, reason: string): DmsaError {
  return new DmsaError('ANSWER_INVALID', operation, `the answer to ${operation} is not valid: ${reason}`);
}

export function describe(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.join('.') || '(all)'}: ${issue.message}`;
}

export const beginMarker = '-----BEGIN DMSA ANSWER';
export const endMarker = '-----END DMSA ANSWER';

/** JSON in which everything beyond printable ASCII is `\uXXXX`: no code page on the way can change it. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
