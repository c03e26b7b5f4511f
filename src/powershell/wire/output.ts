import { DmsaError } from '../../domain/errors/errors.ts';
import type { Credential, PreparedRequest } from './envelope.ts';
import type { OperationName, Result } from './operations.ts';

/** All that a program printed for one request. */
export interface ProgramOutput {
  stdout: string;
  /** The first 64 KiB. */
  stderr: string;
  /** Null while the program goes on. */
  exitCode: number | null;
}

/**
 * Reads the result in what a program printed. An answer that is none says more with what was printed beside it.
 * Throws what `request.read` throws; POWERSHELL_MISSING where `neverStarted` says that it was not PowerShell.
 */
export function readOutput<N extends OperationName>(
  host: string,
  request: PreparedRequest<N>,
  output: ProgramOutput,
  credential: Credential | null,
  neverStarted: (output: ProgramOutput) => boolean = () => false,
): Result<N> {
  try {
    return request.read(output.stdout);
  } catch (cause) {
    if (!(cause instanceof DmsaError) || cause.code !== 'ANSWER_INVALID') throw cause;
    const beside = printedBeside(output, credential);
    if (neverStarted(output)) {
      const message = `${host} did not start powershell.exe${beside}`;
      throw new DmsaError('POWERSHELL_MISSING', host, message, { cause });
    }
    throw new DmsaError('ANSWER_INVALID', host, `${host}: ${cause.message}${beside}`, { cause });
  }
}

function printedBeside({ stderr, exitCode }: ProgramOutput, credential: Credential | null): string {
  const line = firstLine(credential ? stderr.replaceAll(credential.password, '***') : stderr);
  const notes = [
    ...(exitCode === null ? [] : [`exit code ${exitCode}`]),
    ...(line ? [`standard error "${line}"`] : []),
  ];
  return notes.length > 0 ? ` (${notes.join(', ')})` : '';
}

/** Finds the first words; after -EncodedCommand the text is a CLIXML document, whose first line says nothing. */
export function firstLine(stderr: string): string | null {
  const line = stderr.split(/\r?\n/).find((each) => each.trim() !== '' && !each.startsWith('#< CLIXML'));
  return line ? line.trim().slice(0, 200) : null;
}
