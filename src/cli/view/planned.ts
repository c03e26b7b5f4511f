import { readApproverKeys } from '../../approval/approver-keys.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { blocking, type Finding } from '../../domain/findings/findings.ts';
import type { PlanStep } from '../../domain/migration/plan-step.ts';
import { planSteps } from '../../domain/migration/plan-steps.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Context } from '../context.ts';
import { declaredUser } from '../io.ts';
import { readHostLines } from '../options/hosts-file.ts';
import { type PlanOptions, requestOf } from '../options/plan-options.ts';
import { renderPlan } from './plan.ts';

export interface ShownPlan {
  /** Null where a finding blocks it, which has been told. */
  plan: Plan | null;
  findings: Finding[];
  facts: Facts;
  steps: PlanStep[];
  /** The plan as whoever approves it reads it. */
  text: string;
}

/** Makes the plan that the options ask for. What blocks it is printed, its error's line last, so that it is seen. */
export async function planned(context: Context, options: PlanOptions, account: string): Promise<ShownPlan> {
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
