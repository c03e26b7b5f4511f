import { DmsaError, type ErrorCode } from '../domain/errors/errors.ts';
import { exitCodes } from '../domain/states.ts';
import { escapeTerminal } from '../wording/escape/terminal.ts';

/** Codes that say that what was asked for is not acceptable, and that nothing was changed: exit code 2. */
const refusals: ErrorCode[] = [
  'PLAN_INVALID',
  'PLAN_EDITED',
  'PLAN_DRIFTED',
  'NAME_LOCKED',
  'MIGRATION_RUNNING',
  'PREFLIGHT_BLOCKED',
  'VOTE_REFUSED',
  'GATE_NOT_OPEN',
  'SIGNAL_REFUSED',
  'REPORT_INVALID',
  'REPORT_CHANGED',
];

/** How an error is told: one line for people, one object for programs, and the exit code. */
export interface Told {
  line: string;
  error: { code: string; message: string; fix: string | null };
  exitCode: number;
}

/** Ctrl-C is no fault: whatever was cut off by it is not told, and the exit code is the one that shells expect. */
export const interrupted: Told = {
  line: 'interrupted',
  error: { code: 'INTERRUPTED', message: 'interrupted', fix: null },
  exitCode: 130,
};

export function tellError(thrown: unknown): Told {
  if (thrown instanceof DmsaError) {
    const { code, message, fix } = thrown;
    const exitCode = refusals.includes(code) ? exitCodes.refused : exitCodes.failed;
    return {
      line: escapeTerminal(`${code}: ${message} (fix: ${fix})`),
      error: { code, message, fix },
      exitCode,
    };
  }
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return {
    line: escapeTerminal(`UNEXPECTED: ${message}`),
    error: { code: 'UNEXPECTED', message, fix: null },
    exitCode: exitCodes.failed,
  };
}
