import { DmsaError } from '../domain/errors.ts';
import type { Facts } from '../domain/facts.ts';
import { blocking, type Finding } from '../domain/findings.ts';
import type { Plan } from '../domain/plan.ts';
import { type PlanStep, planSteps } from '../domain/plan-steps.ts';
import { readApproverKeys } from '../signing/approver-keys.ts';
import type { Context } from './context.ts';
import { readHostLines } from './hosts-file.ts';
import { declaredUser } from './io.ts';
import { type PlanOptions, requestOf } from './plan-options.ts';
import { renderPlan } from './render/plan.ts';

export interface PlannedForPeople {
  /** Null where a finding blocks it, which has been told. */
  plan: Plan | null;
  findings: Finding[];
  facts: Facts;
  steps: PlanStep[];
  /** The plan as whoever approves it reads it. */
  text: string;
}

/** Makes the plan that the options ask for. What blocks it is printed, its error's line last, so that it is seen. */
export async function planned(
  context: Context,
  options: PlanOptions,
  account: string,
): Promise<PlannedForPeople> {
  const { io } = context;
  const lines = await readHostLines(io, options.hostsFile);
  const keys = await readApproverKeys(io.folder, options.approverKeys ?? []);
  const request = requestOf(account, options, lines, declaredUser(io.env), keys);
  const { plan, findings, facts } = await context.assembly.plan(request, await context.settings());
  const now = io.now();
  const steps = plan ? planSteps(plan, facts, now.toISOString()) : [];
  const text = renderPlan(plan, findings, { ...context, now, steps });
  if (plan && blocking(findings).length === 0) return { plan, findings, facts, steps, text };
  const codes = blocking(findings)
    .map(({ code, subject }) => `${code} ${subject}`)
    .join(', ');
  if (context.format === 'text') context.tell(text);
  else {
    const error = { code: 'PREFLIGHT_BLOCKED', message: codes };
    context.answer('', { error, plan: null, findings, facts });
  }
  const { code, message, fix } = new DmsaError('PREFLIGHT_BLOCKED', 'plan', `blocked by ${codes}`);
  io.err.write(`${code}: ${message} (fix: ${fix})\n`);
  return { plan: null, findings, facts, steps, text };
}
