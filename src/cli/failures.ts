import { causeLine } from '../domain/errors/cause-line.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import { temporalRefusal } from '../domain/errors/temporal-refusal.ts';
import { exitCodes } from '../domain/states.ts';
import { escapeTerminal } from '../wording/escape/terminal.ts';
import { wordError } from '../wording/failure.ts';

/** How an error is told: one line for people, one object for programs, and the exit code. */
export interface ErrorReport {
  line: string;
  error: { code: string; message: string; fix: string | null };
  exitCode: number;
}

/** Ctrl-C is no fault: whatever was cut off by it is not told, and the exit code is the one that shells expect. */
export const interrupted: ErrorReport = {
  line: 'interrupted',
  error: { code: 'INTERRUPTED', message: 'interrupted', fix: null },
  exitCode: 130,
};

/** What has no code is a fault of dmsa, whose whole chain of causes is told. */
export function tellError(error: unknown): ErrorReport {
  const told = temporalRefusal('Temporal', error) ?? new DmsaError('UNEXPECTED', 'dmsa', causeLine(error));
  const { code, message, fix } = told;
  return {
    line: escapeTerminal(wordError(told)),
    error: { code, message, fix },
    exitCode: told.refused ? exitCodes.refused : exitCodes.failed,
  };
}

/** The answer to a question was no. */
export function declined(outcome: string): DmsaError {
  return new DmsaError('DECLINED', 'answer', `${outcome}: the answer was no`);
}

/** Nobody can be asked; `instead` says how to do without the question. */
export function noTerminal(subject: string, instead: string): DmsaError {
  return new DmsaError('NO_TERMINAL', subject, `there is no terminal to ask on: ${instead}`);
}
