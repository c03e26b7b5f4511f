import type { Plan } from '../src/domain/plan/plan.ts';
import { parsePlan } from '../src/plan/parse-plan.ts';
import type { ActivityDeps } from './deps.ts';
import { requireKnownKeys } from './gates/require-approval.ts';

/**
 * The plan once more, on the worker: whoever starts a workflow may send anything. Throws PLAN_INVALID, PLAN_EDITED, and
 * APPROVAL_MISSING where this worker wants signed votes of others than the plan's approvers.
 */
export async function checkPlan(
  { approverKeys = null }: Pick<ActivityDeps, 'approverKeys'>,
  plan: Plan,
): Promise<{ hash: string }> {
  const parsed = parsePlan(plan);
  requireKnownKeys(approverKeys, parsed);
  return { hash: parsed.hash };
}
