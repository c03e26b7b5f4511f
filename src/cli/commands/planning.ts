import { resolve } from 'node:path';

import { readApproverKeys } from '../../approval/approver-keys.ts';
import { writeNamedFile } from '../../config/files.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { blocking, type Finding } from '../../domain/findings/findings.ts';
import type { PlanStep } from '../../domain/migration/plan-step.ts';
import { planSteps } from '../../domain/migration/plan-steps.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { PlanRequest } from '../../plan/request.ts';
import { type SavedPlan, savedPlan } from '../../plan/saved.ts';
import type { Context } from '../context.ts';
import { tellError } from '../failures.ts';
import { declaredUser } from '../io.ts';
import { readHostLines } from '../options/hosts-file.ts';
import { type PlanOptions, requestOf } from '../options/plan-options.ts';
import { shellWord } from '../shell.ts';
import { renderPlan } from '../view/plan.ts';

/** A plan, or what blocks it, with the text that its approvers read. */
export type ShownPlan = {
  findings: Finding[];
  facts: Facts;
  steps: PlanStep[];
  text: string;
} & ({ plan: Plan; blocked: null } | { plan: null; blocked: DmsaError });

/** Makes the plan of a request and renders it. */
export async function showPlan(context: Context, request: PlanRequest): Promise<ShownPlan> {
  const { plan, findings, facts } = await context.assembly.plan(request, await context.settings());
  const now = context.io.now();
  const steps = plan ? planSteps(plan, facts, now.toISOString()) : [];
  const text = renderPlan(plan, findings, { ...context, now, steps });
  const shown = { findings, facts, steps, text };
  const blocks = blocking(findings).map(({ code, subject }) => `${code} ${subject}`);
  if (plan && blocks.length === 0) return { ...shown, plan, blocked: null };
  const blocked = new DmsaError('PREFLIGHT_BLOCKED', 'plan', `blocked by ${blocks.join(', ')}`);
  return { ...shown, plan: null, blocked };
}

/** Makes the plan that the options ask for. Prints what blocks it, the line of the error last. */
export async function planByOptions(
  context: Context,
  options: PlanOptions,
  account: string,
): Promise<ShownPlan> {
  const { io } = context;
  const lines = await readHostLines(io, options.hostsFile);
  const keys = await readApproverKeys(io.folder, options.approverKeys ?? []);
  const shown = await showPlan(context, requestOf(account, options, lines, declaredUser(io.env), keys));
  if (shown.blocked) {
    const { findings, facts, text } = shown;
    const { line, error } = tellError(shown.blocked);
    if (context.format === 'text') context.tell(text);
    else context.answer('', { error, plan: null, findings, facts });
    io.err.write(`${line}\n`);
  }
  return shown;
}

/** Saves the plan in the file of `--out`. Returns its path and the line that says how to start it. Throws FILE_UNWRITABLE. */
export async function savePlan(
  { io }: Context,
  saved: SavedPlan,
  out: string | undefined,
): Promise<{ file: string | null; line: string }> {
  if (out === undefined) return { file: null, line: '' };
  const file = resolve(io.folder, out);
  await writeNamedFile('--out', file, `${JSON.stringify(savedPlan(saved), null, 2)}\n`);
  return { file, line: `\n\nSaved as ${file}: dmsa start ${shellWord(out)}` };
}
