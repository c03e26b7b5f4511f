import type { Plan } from '../src/domain/plan.ts';
import { parsePlan } from '../src/plan/schema.ts';

/** The plan once more, on the worker: whoever starts a workflow may send anything. Throws PLAN_INVALID, PLAN_EDITED. */
export async function checkPlan(plan: Plan): Promise<{ hash: string }> {
  return { hash: parsePlan(plan).hash };
}
