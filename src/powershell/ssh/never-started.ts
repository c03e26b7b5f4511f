import { startedMarker } from '../wire/bootstrap.ts';
import type { ProgramOutput } from '../wire/output.ts';

/**
 * 127 and 126 are "not found" and "not executable" of a POSIX shell, 9009 is "not found" of cmd.exe. Where cmd.exe is
 * the login shell it may also say 1; its message, in any language, names the program in quotation marks.
 */
export function neverStarted({ stdout, stderr, exitCode }: ProgramOutput): boolean {
  if (stdout.includes(startedMarker)) return false;
  if (exitCode === 126 || exitCode === 127 || exitCode === 9009) return true;
  return (
    exitCode === 1 &&
    stdout.trim() === '' &&
    /["'«\u201c\u201e]powershell\.exe["'»\u201d\u201c]/i.test(stderr)
  );
}
