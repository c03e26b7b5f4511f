import { DmsaError } from '../../domain/errors/errors.ts';
import { startedMarker } from '../wire/bootstrap.ts';
import type { Credential, PreparedRequest } from '../wire/envelope.ts';
import type { OperationName, Result } from '../wire/operations.ts';
import type { SessionOutput } from './ssh-session.ts';

/**
 * The result in what a command printed. An answer that is none says more with what the host printed beside it.
 * Throws what `request.read` throws; POWERSHELL_MISSING where the host's shell did not find or start PowerShell.
 */
export function readOutput<N extends OperationName>(
  host: string,
  request: PreparedRequest<N>,
  output: SessionOutput,
  credential: Credential | null,
): Result<N> {
  try {
    return request.read(output.stdout);
  } catch (error) {
    if (!(error instanceof DmsaError) || error.code !== 'ANSWER_INVALID') throw error;
    const secret = credential?.password;
    const printed = secret ? output.stderr.replaceAll(secret, '***') : output.stderr;
    const firstLine = printed.split(/\r?\n/).find((line) => line.trim() !== '');
    const shown = firstLine ? `, standard error "${firstLine.trim().slice(0, 200)}"` : '';
    const detail = `(exit code ${output.exitCode}${shown})`;
    if (neverStarted(output))
      throw new DmsaError('POWERSHELL_MISSING', host, `${host} did not start powershell.exe ${detail}`, {
        cause: error,
      });
    throw new DmsaError('ANSWER_INVALID', host, `${host}: ${error.message} ${detail}`, { cause: error });
  }
}

/**
 * 127 and 126 are "not found" and "not executable" of a POSIX shell, 9009 is "not found" of cmd.exe. Where cmd.exe is
 * the login shell it may also say 1; its message, in any language, names the program in quotation marks.
 */
function neverStarted({ stdout, stderr, exitCode }: SessionOutput): boolean {
  if (stdout.includes(startedMarker)) return false;
  if (exitCode === 126 || exitCode === 127 || exitCode === 9009) return true;
  return (
    exitCode === 1 &&
    stdout.trim() === '' &&
    /["'«\u201c\u201e]powershell\.exe["'»\u201d\u201c]/i.test(stderr)
  );
}
