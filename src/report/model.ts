/**
 * Section of a report before it is HTML or Markdown: paragraphs and tables of plain text. Nothing in it is
 * escaped yet.
 */
export interface Section {
  /** Id of the element, for links within the page. */
  id: string;
  title: string;
  blocks: Block[];
}

export type Block =
  | { kind: 'text'; cell: Cell }
  | { kind: 'heading'; text: string; mark?: Mark }
  | { kind: 'list'; items: Cell[] }
  | Table
  /** The stages on an axis of time: a drawing, where there can be one. */
  | { kind: 'timeline' };

export interface Table {
  kind: 'table';
  /** For its style. */
  name: string;
  titles: string[];
  rows: Row[];
}

export interface Row {
  /** A `group` has one cell, which heads the rows that follow; a `sub` has one, which belongs to the row before. */
  kind?: 'group' | 'sub' | 'changed' | 'same';
  cells: Cell[];
}

/** A list is lines, one below the other. */
export type Cell =
  | string
  | Cell[]
  | Mark
  | { code: string }
  | { time: string }
  | { added: string }
  | { removed: string };

/** Word that stands out, by its sign as well as by its colour. */
export interface Mark {
  mark: Tone;
  word: string;
  /** In place of the tone's. */
  sign?: string;
}

export type Tone = 'good' | 'bad' | 'warn' | 'unknown' | 'calm' | 'back';

/** Signs that tell tones apart without colour. */
export const signs: Record<Tone, string> = {
  good: '✓',
  bad: '✗',
  warn: '▲',
  unknown: '?',
  calm: '•',
  back: '↩',
};

const tones: Record<string, Tone> = {
  yes: 'good',
  no: 'bad',
  approve: 'good',
  reject: 'bad',
  approved: 'good',
  rejected: 'bad',
  expired: 'bad',
  void: 'unknown',
  open: 'calm',
  applied: 'good',
  undone: 'back',
  intended: 'warn',
  untouched: 'calm',
  block: 'bad',
  warn: 'warn',
  info: 'calm',
  ok: 'good',
  failed: 'bad',
  unknown: 'unknown',
};

/** Marks a word of the domain with its tone. */
export function marked(word: string): Mark {
  return { mark: tones[word] ?? 'calm', word };
}
