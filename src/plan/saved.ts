import { z } from 'zod';
import { DmsaError } from '../domain/errors/errors.ts';
import type { Facts } from '../domain/facts/facts.ts';
import { migrationId, type Plan } from '../domain/plan/plan.ts';
import { findDrift } from '../domain/values/drift.ts';
import type { Ports } from '../ports.ts';
import { wordDrift } from '../wording/drift.ts';
import { preflightPlan } from './make-plan.ts';
import { parsePlan } from './parse-plan.ts';

/** A plan with the facts it was made of; null if the file does not hold them. */
export interface SavedPlan {
  plan: Plan;
  seen: Facts | null;
}

/** JSON that `dmsa plan --out` writes: the plan, with `seen` beside its fields. */
export function savedPlan({ plan, seen }: SavedPlan): object {
  return seen ? { ...plan, seen } : plan;
}

const facts = z.looseObject({
  account: z.looseObject({}).nullable(),
  dmsa: z.looseObject({}).nullable(),
  hosts: z.array(z.looseObject({})),
});

/** Reads that JSON back. Throws PLAN_INVALID and PLAN_EDITED, as parsePlan does. */
export function parseSavedPlan(json: unknown): SavedPlan {
  if (typeof json !== 'object' || json === null || !('seen' in json))
    return { plan: parsePlan(json), seen: null };
  const { seen, ...rest } = json;
  const parsed = facts.safeParse(seen);
  if (!parsed.success)
    throw new DmsaError(
      'PLAN_INVALID',
      'seen',
      'seen: must hold account, dmsa and hosts, as dmsa plan writes them',
    );
  return { plan: parsePlan(rest), seen: parsed.data as unknown as Facts };
}

/**
 * Reads directory and hosts again and compares with what the plan was made of. Changes nothing. Throws PLAN_DRIFTED,
 * which names each difference, and whatever reading throws.
 */
export async function requireUndrifted({ plan, seen }: SavedPlan, deps: Ports, now: Date): Promise<void> {
  if (!seen) return;
  const { facts } = await preflightPlan(deps, plan, now);
  const differences = findDrift(seen, facts);
  if (differences.length === 0) return;
  const id = migrationId(plan);
  throw new DmsaError('PLAN_DRIFTED', id, `${id}: since the plan was made: ${wordDrift(differences)}`);
}
