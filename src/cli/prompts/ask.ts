import { createInterface } from 'node:readline/promises';

import { escapeTerminal } from '../../wording/escape/terminal.ts';
import type { Io } from '../io.ts';

/**
 * Asks for a line on the terminal; an empty line means the suggestion, if there is one. Null without a terminal.
 */
export async function askLine(io: Io, question: string, suggestion?: string): Promise<string | null> {
  if (!io.in.isTTY || !io.err.isTTY) return null;
  const lines = createInterface({ input: io.in, output: io.err });
  try {
    const shown = suggestion ? ` [${escapeTerminal(suggestion)}]` : '';
    const answer = await lines.question(`${question}${shown}: `, { signal: io.signal });
    return answer.trim() || (suggestion ?? '');
  } finally {
    lines.close();
  }
}
