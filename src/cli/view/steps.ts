import type { PlanStep } from '../../domain/migration/plan-steps.ts';
import type { GatePlan } from '../../domain/plan/plan.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { paint, wrap } from './text.ts';
import { momentFrom } from './time.ts';

/** Longer lists are told by their number: the plan has them all. */
const shown = 6;

/** Each step with what it changes and what takes that back, whom it asks, and until when it waits. */
export function stepLines(
  steps: PlanStep[],
  { color, width, now }: { color: boolean; width: number; now: Date },
): string[] {
  const { bold, dim } = paint(color);
  const lines = escapeTerminal(steps).flatMap((step, index) => {
    const { title, changes, undo } = step;
    const waits = waitTexts(step, now);
    const idle = changes.length + undo.length + waits.length === 0 ? ': changes nothing' : '';
    return [
      `  ${String(index + 1).padStart(2)}  ${title}${idle}`,
      ...shortened(changes).flatMap((text) => indented(text, '+', width)),
      ...waits.flatMap((text) => indented(text, ' ', width)),
      ...shortened(undo).flatMap((text) => indented(text, '\u21b6', width).map(dim)),
    ];
  });
  return [
    bold('Steps') + dim('   + what changes   \u21b6 what undoes it'),
    dim('        dates leave out how long votes and restarts take'),
    ...lines,
  ];
}

/** `2 yes of LAB\ann, LAB\bob`. */
export function votersText({ approvers, required }: Pick<GatePlan, 'approvers' | 'required'>): string {
  return `${required} yes of ${approvers.length > 0 ? approvers.join(', ') : 'anyone but the requester'}`;
}

/** What becomes of a gate that expires. */
export function expiryText({ onExpiry }: Pick<GatePlan, 'onExpiry'>): string {
  return onExpiry === 'hold' ? 'it stays open' : 'everything is undone';
}

/** Whom or what it waits for, and until when; dates on lines of their own, where eyes look for them. */
function waitTexts({ gate, waitsFor, until, atMost }: PlanStep, now: Date): string[] {
  if (gate) {
    const { expiresAt, expiresAfter } = gate;
    const expires =
      expiresAt === null
        ? `each expires ${expiresAfter} after it opens`
        : `expires ${momentFrom(expiresAt, now)}`;
    return [votersText(gate), `${expires}, then ${expiryText(gate)}`];
  }
  const otherwise = atMost === undefined ? '' : ', else everything is undone';
  return [
    ...(waitsFor === undefined ? [] : [`waits for ${waitsFor}${otherwise}`]),
    ...(until === null ? [] : [`until ${momentFrom(until, now)} at the earliest`]),
    ...(atMost === undefined ? [] : [`until ${momentFrom(atMost, now)} at most`]),
  ];
}

function shortened(texts: string[]): string[] {
  if (texts.length <= shown) return texts;
  return [...texts.slice(0, shown), `and ${texts.length - shown} more`];
}

function indented(text: string, mark: string, width: number): string[] {
  return wrap(text, width - 8).map((line, part) => `      ${part ? ' ' : mark} ${line}`);
}
