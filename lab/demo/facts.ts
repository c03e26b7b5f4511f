import { columns, padTo, paint, wrap } from '../../src/cli/view/text.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { escapeTerminal } from '../../src/wording/escape/terminal.ts';
import { type FactField, factSections } from '../../src/wording/facts.ts';

/**
 * The directory and the hosts before and after as a short table; what changed is marked with `*`, and in colour.
 * Hosts that look alike share one section.
 */
export function renderFacts(
  before: Facts | null,
  after: Facts | null,
  options: { color: boolean; width: number },
): string {
  const width = Math.max(60, options.width);
  const { bold, dim } = paint(options.color);
  const sections = factSections(escapeTerminal(before), escapeTerminal(after));
  const label = Math.max(...sections.flatMap(({ fields }) => fields.map((field) => columns(field.label))), 8);
  const cell = Math.floor((width - label - 8) / 2);
  const head = dim(`${' '.repeat(label + 4)}  ${padTo('before', cell)}  after`);
  return [
    head,
    ...sections.flatMap(({ title, fields }) => [
      ...wrap(title, width).map(bold),
      ...fields.flatMap((field) => fieldLines(field, label, cell, options.color)),
    ]),
  ].join('\n');
}

/** Lays a field out in two columns; a value may take several lines. */
function fieldLines(
  { label, before, after }: FactField,
  labelWidth: number,
  cell: number,
  color: boolean,
): string[] {
  const { red, green, dim, yellow } = paint(color);
  const changed = before.join('\n') !== after.join('\n');
  const left = before.flatMap((value) => wrap(value, cell));
  const right = after.flatMap((value) => wrap(value, cell));
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const mark = changed && row === 0 ? yellow('*') : ' ';
    const name = padTo(row === 0 ? label : '', labelWidth);
    const old = padTo(left[row] ?? '', cell);
    const now = right[row] ?? '';
    const line = changed ? `${red(old)}  ${green(now)}` : `${dim(old)}  ${dim(now)}`;
    return `  ${mark} ${changed ? name : dim(name)}  ${line}`.trimEnd();
  });
}
