import type { MigrationStatus } from '../../domain/migration/status.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordFailure, wordFix } from '../../wording/failure.ts';
import { wordUndo } from '../../wording/journal.ts';
import { elapsed, momentFrom } from '../../wording/time.ts';
import { wordWaiting } from '../../wording/waiting.ts';
import { gateLines } from './gate.ts';
import { hostLines } from './hosts.ts';
import { findingLines } from './plan.ts';
import { type Detail, stageLines } from './stages.ts';
import type { StatusView } from './status-view.ts';
import { joinSections, padTo, paint, shorten, wrap } from './text.ts';

/**
 * The whole status as text for a terminal, without a line end after the last line. Where it would be higher than
 * `height`, it leaves out what each stage changed, then what an undo would do, then the findings, then far stages.
 */
export function renderStatus(status: MigrationStatus, options: StatusView): string {
  const safe = escapeTerminal(status);
  const inner = {
    ...options,
    width: Math.max(40, options.width),
    progress: escapeTerminal(options.progress ?? {}),
  };
  const { height = Number.POSITIVE_INFINITY } = options;
  const fits = (text: string) => text.split('\n').length <= height;

  const whole = joinSections([...needed(safe, inner, 'full'), ...extras(safe, inner)]);
  if (fits(whole)) return whole;
  for (const detail of ['brief', 'least'] as const) {
    const sections = [...needed(safe, inner, detail), ...extras(safe, inner)];
    const least = needed(safe, inner, detail).length;
    for (let count = sections.length; count >= least; count--) {
      const text = joinSections(sections.slice(0, count));
      if (fits(text)) return text;
    }
  }
  const fewest = needed(safe, inner, 'least');
  while (fewest.length > 3 && !fits(joinSections(fewest))) fewest.pop();
  return joinSections(fewest);
}

function needed(status: MigrationStatus, options: StatusView, detail: Detail): string[][] {
  return [
    headerLines(status, options),
    stageLines(status, options, detail),
    waitingLines(status, options),
    status.gates
      .filter((gate) => gate.name === openGateName(status))
      .flatMap((gate) => gateLines(gate, status, options)),
    hostLines(status.hosts, { ...options, failed: status.failedHosts }),
  ].filter((lines) => lines.length > 0);
}

function extras(status: MigrationStatus, options: StatusView): string[][] {
  return [
    status.findings.length > 0 ? findingLines(status.findings, options) : [],
    undoLines(status, options),
  ].filter((lines) => lines.length > 0);
}

/** Name of the open gate; none once the migration has ended. */
function openGateName(status: MigrationStatus) {
  return status.outcome === 'running'
    ? status.gates.find((gate) => gate.decision === 'open')?.name
    : undefined;
}

function headerLines(status: MigrationStatus, { color, width, now }: StatusView): string[] {
  const { bold, dim } = paint(color);
  const ended = status.outcome === 'running' ? now : new Date(status.stages.at(-1)?.endedAt ?? now);
  const state = `${status.paused ? 'paused' : status.outcome} ${elapsed(ended.getTime() - Date.parse(status.startedAt))}`;
  const title = padTo(`${status.account} → ${status.dmsa}`, width - state.length - 1);
  const details = `${status.migrationId} · asked for by ${status.requestedBy} · plan ${status.planHash.slice(0, 16)}`;
  return [`${bold(title)} ${outcomeColor(status, color)(state)}`, dim(shorten(details, width))];
}

function outcomeColor(status: MigrationStatus, color: boolean): (text: string) => string {
  const { green, yellow, red, cyan } = paint(color);
  const byOutcome = { running: cyan, completed: green, undone: yellow, refused: red, 'needs-operator': red };
  return status.paused ? yellow : byOutcome[status.outcome];
}

function waitingLines(status: MigrationStatus, { color, width, now }: StatusView): string[] {
  const { bold, red, dim } = paint(color);
  const lines: string[] = [];
  const { waitingFor } = status;
  if (waitingFor) lines.push(...wrap(`Waiting for ${wordWaiting(waitingFor)}`, width).map(bold));
  if (waitingFor?.until) lines.push(`Until ${momentFrom(waitingFor.until, now)}`);
  const { failure } = status;
  if (failure) lines.push(...wrap(wordFailure(failure), width).map(red));
  const open = waitingFor?.kind === 'operator' ? waitingFor.failure : failure;
  const fix = open && wordFix(open);
  if (fix) lines.push(...wrap(`Fix: ${fix}`, width).map(dim));
  return lines;
}

/** Steps of an undo; empty once nobody can ask for one. */
function undoLines(status: MigrationStatus, { color, width }: StatusView): string[] {
  if (status.outcome !== 'running' && status.outcome !== 'needs-operator') return [];
  const steps = wordUndo(status);
  if (steps.length === 0) return [];
  const { bold, dim } = paint(color);
  const lines = steps.flatMap((step, index) =>
    wrap(step, width - 5).map((line, part) =>
      dim(`${part ? '    ' : `${String(index + 1).padStart(3)} `} ${line}`),
    ),
  );
  return [bold('An undo would now'), ...lines];
}
