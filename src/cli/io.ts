import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

import { escapeTerminal } from '../wording/escape/terminal.ts';

/** Everything a command touches of the process it runs in, so that tests can run one without. */
export interface Io {
  out: OutputStream;
  err: OutputStream;
  in: Readable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  /** Working folder: what relative paths are relative to. */
  folder: string;
  now: () => Date;
  /** Ctrl-C, and whatever else asks the command to end. */
  signal: AbortSignal;
}

export type OutputStream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export type ColorChoice = 'auto' | 'always' | 'never';

/** Colours where a person looks on, unless they say otherwise (no-color.org). */
export function wantsColor(choice: ColorChoice, output: OutputStream, env: NodeJS.ProcessEnv): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR) return false;
  return Boolean(output.isTTY) && env.TERM !== 'dumb';
}

export function columnsOf(output: OutputStream): number {
  return Math.min(output.columns ?? 80, 120);
}

/** Asks on the terminal; only `y` or `yes` is a yes. Null where nobody can be asked. */
export async function askYesNo(io: Io, question: string): Promise<boolean | null> {
  if (!io.in.isTTY || !io.err.isTTY) return null;
  const lines = createInterface({ input: io.in, output: io.err });
  try {
    const answer = await lines.question(`${escapeTerminal(question)} [y/N] `, { signal: io.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** Who acts where `--by` does not say: the name of the login. Declared, never proven. */
export function declaredUser(env: NodeJS.ProcessEnv): string {
  const name = userInfo().username;
  return env.USERDOMAIN ? `${env.USERDOMAIN}\\${name}` : name;
}
