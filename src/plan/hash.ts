import { createHash } from 'node:crypto';
import type { Plan } from '../domain/plan/plan.ts';
import { canonicalJson } from '../domain/values/canonical.ts';

/** SHA-256, hex, of the canonical JSON of everything in the plan but the hash itself. */
export function planHash(plan: Omit<Plan, 'hash'> & { hash?: string }): string {
  const { hash: _, ...hashed } = plan;
  return createHash('sha256').update(canonicalJson(hashed)).digest('hex');
}

/** The plan with its hash: what `dmsa plan --out` saves and a vote is about. */
export function sealPlan(plan: Omit<Plan, 'hash'>): Plan {
  return { ...plan, hash: planHash(plan) };
}
