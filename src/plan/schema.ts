import { z } from 'zod';

import { DmsaError } from '../domain/errors/errors.ts';
import { personOf } from '../domain/plan/people.ts';
import type { GatePlan, Plan, PlanGates } from '../domain/plan/plan.ts';
import { approverKeySet, keysProblem, withKey } from './approver-keys.ts';
import {
  distinct,
  distinguishedName,
  dmsaName,
  duration,
  filledText,
  guid,
  hostName,
  isoTime,
  positiveDuration,
  sid,
} from './fields.ts';
import { planHash } from './hash.ts';
import { firstIssue } from './issues.ts';
import {
  bakeProblem,
  checkList,
  checksProblem,
  groupName,
  rolloutFields,
  windowList,
} from './rollout-fields.ts';

/**
 * So that no payload passes 256 KB: the state that crosses continue-as-new is the largest, 3 MB for 500 hosts with two
 * services each and a tenth of that deflated (test/workflows/state-size.test.ts). The status, 2 MB of it, is half of what
 * a query may answer. What Temporal keeps of the rollout grows by waves, not by hosts.
 */
export const maxHosts = 500;

/**
 * The plan that some JSON holds. Throws DmsaError: PLAN_INVALID, naming the field and what is accepted, and
 * PLAN_EDITED where the hash is not that of the rest.
 */
export function parsePlan(json: unknown): Plan {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new DmsaError('PLAN_INVALID', 'plan', 'the plan must be a JSON object');
  const version = 'version' in json ? JSON.stringify(json.version) : 'one without a version';
  if (version !== '1')
    throw new DmsaError(
      'PLAN_INVALID',
      'version',
      `version: this program reads plans of version 1, not ${version}: make the plan again with dmsa plan`,
    );

  const parsed = planSchema.safeParse(json);
  if (!parsed.success) {
    const { field, message } = firstIssue(parsed.error, json);
    throw new DmsaError('PLAN_INVALID', field, message);
  }
  const expected = planHash(parsed.data);
  if (parsed.data.hash !== expected)
    throw new DmsaError(
      'PLAN_EDITED',
      'hash',
      `hash: the plan has the hash ${expected.slice(0, 16)}… and carries ${parsed.data.hash.slice(0, 16)}…: it was edited after it was made`,
    );
  return parsed.data;
}

const gate = z.strictObject({
  approvers: distinct(filledText, (name) => name.toLowerCase(), 'approver'),
  required: z.int({ error: 'must be a whole number' }).min(1, { error: 'must be at least 1' }),
  expiresAfter: positiveDuration,
  onExpiry: z.enum(['hold', 'undo'], { error: 'must be hold or undo' }),
  remindEvery: positiveDuration.optional(),
});

const host = z.strictObject({
  name: hostName,
  computerSid: sid,
  services: distinct(filledText, (name) => name.toLowerCase(), 'service'),
  pools: distinct(filledText, (name) => name.toLowerCase(), 'application pool').optional(),
  group: groupName.optional(),
  checks: checkList.optional(),
});

const rollout = z
  .strictObject({
    canary: rolloutFields.canary,
    maxParallel: z
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be at least 1' })
      .max(maxHosts, { error: `must be at most ${maxHosts}` }),
    serviceTimeout: positiveDuration,
    bake: rolloutFields.bake.optional(),
    maxUnavailable: rolloutFields.maxUnavailable.optional(),
    maxFailures: rolloutFields.maxFailures.optional(),
    windows: windowList.optional(),
    reboot: rolloutFields.reboot.optional(),
  })
  .superRefine((asked, context) => {
    const message = bakeProblem(asked);
    if (message) context.addIssue({ code: 'custom', path: ['bake'], message });
  });

export const planSchema = z
  .strictObject({
    version: z.literal(1),
    createdAt: isoTime,
    requestedBy: filledText,
    domain: z.strictObject({
      dnsName: filledText,
      netbiosName: filledText,
      baseDn: distinguishedName,
      server: hostName,
    }),
    account: z.strictObject({ dn: distinguishedName, guid, sid, samAccountName: filledText }),
    dmsa: z.strictObject({
      name: dmsaName,
      dn: distinguishedName,
      container: distinguishedName,
      dnsHostName: hostName,
    }),
    hosts: distinct(host, ({ name }) => name, 'host')
      .min(1, { error: 'there are no hosts: name at least one with --host' })
      .max(maxHosts, {
        error: `at most ${maxHosts} hosts go into one plan: make the rest a plan of their own`,
      }),
    rollout,
    waits: z.strictObject({
      join: positiveDuration,
      observe: duration,
      checkEvery: positiveDuration,
      soak: duration,
    }),
    gates: z.strictObject({
      start: gate,
      complete: gate,
      wave: gate.optional(),
      soak: gate.optional(),
    }),
    people: z.array(z.strictObject({ sid, names: z.array(filledText).min(1) })).optional(),
    approverKeys: approverKeySet.optional(),
    enableEventLog: z.boolean({ error: 'must be true or false' }),
    restoreEventLog: z.boolean({ error: 'must be true or false' }).optional(),
    waitForKds: z.boolean({ error: 'must be true or false' }).optional(),
    notify: z.boolean({ error: 'must be true or false' }).optional(),
    hash: z.string({ error: 'is missing: make the plan with dmsa plan' }),
  })
  .superRefine((plan, context) => {
    const message = checksProblem(plan.hosts);
    if (message) context.addIssue({ code: 'custom', path: ['hosts'], message });
    if (personOf(plan.requestedBy, plan) === null) {
      const message = notInDomain(plan.requestedBy);
      context.addIssue({ code: 'custom', path: ['requestedBy'], message });
    }
    const strange = keysProblem(plan);
    if (strange) context.addIssue({ code: 'custom', path: ['approverKeys'], message: strange });
    for (const name of Object.keys(plan.gates) as (keyof PlanGates)[]) {
      const problem = plan.gates[name] && approversProblem(plan, plan.gates[name]);
      if (problem) context.addIssue({ code: 'custom', path: ['gates', name, 'approvers'], message: problem });
    }
  }) satisfies z.ZodType<Plan>;

/** A gate that can never open is refused now rather than at its expiry. */
function approversProblem(plan: Plan, { approvers, required }: GatePlan): string | null {
  const requester = personOf(plan.requestedBy, plan);
  const identities = approvers.map((approver) => personOf(approver, plan));
  const unusable = approvers[identities.indexOf(null)];
  if (unusable !== undefined) return notInDomain(unusable);
  const keyed = plan.approverKeys && withKey(plan, plan.approverKeys);
  const unkeyed = approvers[identities.findIndex((identity) => keyed && !keyed.has(identity!))];
  if (unkeyed !== undefined) return `${unkeyed} has no key among approverKeys: add it with --approver-keys`;
  if (approvers.length === 0 && !keyed) return null;
  const candidates = approvers.length > 0 ? identities : [...keyed!];
  const usable = new Set(candidates.filter((identity) => identity !== requester));
  if (usable.size >= required) return null;
  return `${required} have to approve and only ${usable.size} besides the requester may: list more approvers`;
}

/** A requester without a normal form could vote under a name that has one. */
function notInDomain(name: string): string {
  return `"${name}" is no name in the domain: write DOMAIN\\name or name@domain`;
}
