import type { PlanStep } from '../../domain/plan-steps.ts';
import { cleaned, paint, wrap } from './text.ts';
import { momentFrom } from './time.ts';

/** Longer lists are told by their number: the plan has them all. */
const shown = 6;

/** Each step with what it changes and what takes that back, and until when it waits. */
export function stepLines(
  steps: PlanStep[],
  { color, width, now }: { color: boolean; width: number; now: Date },
): string[] {
  const { bold, dim } = paint(color);
  const lines = cleaned(steps).flatMap(({ title, changes, undo, until }, index) => [
    `  ${String(index + 1).padStart(2)}  ${title}${changes.length + undo.length === 0 && until === null ? ': changes nothing' : ''}`,
    ...shortened(changes).flatMap((text) => indented(text, '+', width)),
    ...(until === null ? [] : indented(`until ${momentFrom(until, now)} at the earliest`, ' ', width)),
    ...shortened(undo).flatMap((text) => indented(text, '\u21b6', width).map(dim)),
  ]);
  return [bold('Steps') + dim('   + what changes   \u21b6 what undoes it'), ...lines];
}

function shortened(texts: string[]): string[] {
  if (texts.length <= shown) return texts;
  return [...texts.slice(0, shown), `and ${texts.length - shown} more`];
}

function indented(text: string, mark: string, width: number): string[] {
  return wrap(text, width - 8).map((line, part) => `      ${part ? ' ' : mark} ${line}`);
}
