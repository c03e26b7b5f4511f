import { text } from 'node:stream/consumers';
import type { ServerChannel } from 'ssh2';
import type { z } from 'zod';
import type { Credential } from '../../src/powershell/wire/envelope.ts';
import { type OperationName, operations, type Result } from '../../src/powershell/wire/operations.ts';
import { type HostRequest, readRequest, writeAnswer } from '../formats/envelope.ts';
import type { SshCounts, SshFaults } from './faults.ts';
import { operationErrorOf } from './operation-failure.ts';

/** What an operation's script is given, checked against the operation's schema. */
export type HandledParameters<N extends OperationName> = z.output<(typeof operations)[N]['parameters']>;

/** Does what the operation's script does. Throws OperationFailure for what the script would report. */
export type HandleOperation = <N extends OperationName>(
  operation: N,
  parameters: HandledParameters<N>,
  credential: Credential | null,
) => Promise<Result<N>>;

/** What a session needs of the server that accepted it. */
export interface SshSessionOptions {
  host: string;
  handle: HandleOperation;
  faults: SshFaults;
  counts: SshCounts;
}

/** Reads the envelope to the end of standard input, does the operation once, and answers; or fails as told. */
export async function runOperation(
  channel: ServerChannel,
  drop: () => void,
  options: SshSessionOptions,
): Promise<void> {
  const { host, faults, counts } = options;
  const request = await readEnvelope(channel);
  if (request === null) return end(channel, '', 1);
  counts.operations[request.operation] = (counts.operations[request.operation] ?? 0) + 1;

  const fault = faults.onSession?.(host, request.operation) ?? null;
  if (fault === 'hang') return;
  if (fault === 'drop-before') return drop();
  if (fault === 'refuse') {
    channel.stderr.write('Access is denied.\r\n');
    return end(channel, '', 1);
  }
  const answer = await answerTo(request, options.handle);
  if (fault === 'drop-after') return drop();
  if (fault === 'hang-after') return;
  if (fault === 'banner') {
    channel.stderr.write(progressRecord);
    channel.write('Property of Lab Corp. Unauthorized use is prohibited.\r\n\r\n');
  }
  end(channel, fault === 'half-answer' ? answer.slice(0, answer.length / 2) : answer, 0);
}

/** As PowerShell writes streams but output to a pipe, here that of a module that is being loaded. */
const progressRecord =
  '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">' +
  '<Obj S="progress" RefId="0"><MS><I64 N="SourceId">1</I64></MS></Obj></Objs>';

/** Null where standard input is no request: the client went away in its middle, or it is not ours. */
async function readEnvelope(channel: ServerChannel): Promise<HostRequest | null> {
  // Up to Node.js 23, reading a stream to its end by iteration also destroys what is written to.
  const input = await text(channel.iterator({ destroyOnReturn: false }));
  try {
    return readRequest(input);
  } catch (error) {
    channel.stderr.write(`${operationErrorOf(error).message}\r\n`);
    return null;
  }
}

/** Does the operation of a request, and answers in its envelope. */
export async function answerTo(request: HostRequest, handle: HandleOperation): Promise<string> {
  try {
    const { operation, parameters, credential } = request;
    const result = await handle(operation, parameters as HandledParameters<OperationName>, credential);
    const checked = operations[operation].result.parse(result) as Result<OperationName>;
    return writeAnswer(request, { ok: true, result: checked });
  } catch (error) {
    return writeAnswer(request, { ok: false, error: operationErrorOf(error) });
  }
}

function end(channel: ServerChannel, stdout: string, exitCode: number): void {
  channel.write(stdout, () => {
    channel.exit(exitCode);
    channel.end();
  });
}
