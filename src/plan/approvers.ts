import { z } from 'zod';

import { personOf } from '../domain/plan/people.ts';
import type { GatePlan, Plan } from '../domain/plan/plan.ts';
import { distinct, filledText } from './values.ts';

export const approverList = distinct(filledText, (name) => name.toLowerCase(), 'approver');

/** One Ed25519 public key of an approver. Any other member is refused, above all a private `d`. */
const approverKey = z.strictObject({
  kty: z.literal('OKP', { error: 'must be OKP: keys are Ed25519' }).describe('Type of the key.'),
  crv: z.literal('Ed25519', { error: 'must be Ed25519' }).describe('Curve of the key.'),
  x: z
    .string({ error: 'must be the public key in base64url' })
    // The last letter has two bits to spare: another spelling of one key would be one more key.
    .refine((x) => isOctets(x, 32), { error: 'must be 32 octets in base64url' })
    .describe('Public key, base64url.'),
  kid: filledText
    .max(128, { error: 'must have at most 128 characters' })
    .describe('Id of the key, which a signed vote names.'),
  approver: filledText.max(256, { error: 'must have at most 256 characters' }).describe('Owner of the key.'),
});

export const approverKeyList = distinct(approverKey, ({ kid }) => kid, 'key id').superRefine(
  (keys, context) => {
    const seen = new Set<string>();
    for (const [index, { x }] of keys.entries()) {
      // One key for two people would be two votes of whoever holds it.
      if (seen.has(x))
        context.addIssue({ code: 'custom', path: [index, 'x'], message: 'this key is listed already' });
      seen.add(x);
    }
  },
);

export const approverKeySet = z.strictObject({
  keys: approverKeyList
    .refine((keys) => keys.length > 0, { error: 'must hold a key, or be left out' })
    .describe('Keys of the set.'),
});

/** The first reason, with its place, why the people of a plan cannot decide about it; null if they can. */
export function approvalProblem(plan: Plan): { path: string[]; message: string } | null {
  // A requester without a normal form could vote under a name that has one.
  if (personOf(plan.requestedBy, plan) === null)
    return { path: ['requestedBy'], message: notInDomain(plan.requestedBy) };
  const stranger = plan.approverKeys?.keys.find(({ approver }) => personOf(approver, plan) === null);
  if (stranger) return { path: ['approverKeys'], message: notInDomain(stranger.approver) };
  for (const [name, gate] of Object.entries(plan.gates)) {
    const message = gate && gateProblem(plan, gate);
    if (message) return { path: ['gates', name, 'approvers'], message };
  }
  return null;
}

/** Refuses a gate that can never open now rather than at its expiry. */
function gateProblem(plan: Plan, { approvers, required }: GatePlan): string | null {
  const requester = personOf(plan.requestedBy, plan);
  const identities = approvers.map((approver) => personOf(approver, plan));
  const unusable = approvers[identities.indexOf(null)];
  if (unusable !== undefined) return notInDomain(unusable);
  const keyed =
    plan.approverKeys && new Set(plan.approverKeys.keys.map(({ approver }) => personOf(approver, plan)));
  const unkeyed = approvers[identities.findIndex((identity) => keyed && !keyed.has(identity))];
  if (unkeyed !== undefined) return `${unkeyed} has no key among approverKeys: add it with --approver-keys`;
  if (approvers.length === 0 && !keyed) return null;
  const candidates = approvers.length > 0 ? identities : [...keyed!];
  const usable = new Set(candidates.filter((identity) => identity !== requester));
  if (usable.size >= required) return null;
  return `${required} have to approve and only ${usable.size} besides the requester may: list more approvers`;
}

function notInDomain(name: string): string {
  return `"${name}" is no name in the domain: write DOMAIN\\name or name@domain`;
}

/** True for `count` octets in base64url (RFC 4648 section 5), in the one spelling that encoders write. */
function isOctets(text: string, count: number): boolean {
  const octets = Buffer.from(text, 'base64url');
  return octets.length === count && octets.toString('base64url') === text;
}
