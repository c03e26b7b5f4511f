import type { PlanStep } from '../../domain/migration/plan-step.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { andMore, firstOf } from '../../wording/lists.ts';
import { wordPlanStep, wordPlanStepWaits } from '../../wording/plan-step.ts';
import { paint, wrap } from './text.ts';

/** Most lines of a list; the plan has them all. */
const shown = 6;

/** Lays out each step with its changes, their undo, whom it asks, and until when it waits. */
export function stepLines(
  steps: PlanStep[],
  { color, width, now }: { color: boolean; width: number; now: Date },
): string[] {
  const { bold, dim } = paint(color);
  const lines = escapeTerminal(steps).flatMap((step, index) => {
    const { title, changes, undo } = wordPlanStep(step);
    const waits = wordPlanStepWaits(step, now);
    const idle = changes.length + undo.length + waits.length === 0 ? ': changes nothing' : '';
    return [
      `  ${String(index + 1).padStart(2)}  ${title}${idle}`,
      ...firstOf(changes, shown, andMore).flatMap((text) => indented(text, '+', width)),
      ...waits.flatMap((text) => indented(text, ' ', width)),
      ...firstOf(undo, shown, andMore).flatMap((text) => indented(text, '\u21b6', width).map(dim)),
    ];
  });
  return [
    bold('Steps') + dim('   + what changes   \u21b6 what undoes it'),
    dim('        dates leave out how long votes and restarts take'),
    ...lines,
  ];
}

function indented(text: string, mark: string, width: number): string[] {
  return wrap(text, width - 8).map((line, part) => `      ${part ? ' ' : mark} ${line}`);
}
