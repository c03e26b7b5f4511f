import { z } from 'zod';

import { type KnownPeople, personOf } from '../domain/plan/people.ts';
import type { ApproverKeySet, Plan } from '../domain/plan/plan.ts';
import { distinct, filledText } from './fields.ts';

/** One Ed25519 public key of an approver. A private member, `d`, is refused with everything that has no place here. */
export const approverKey = z.strictObject({
  kty: z.literal('OKP', { error: 'must be OKP: keys are Ed25519' }),
  crv: z.literal('Ed25519', { error: 'must be Ed25519' }),
  x: z
    .string({ error: 'must be the public key in base64url' })
    // The last letter has two bits to spare: another spelling of one key would be one more key.
    .refine((x) => isOctets(x, 32), { error: 'must be 32 octets in base64url' }),
  kid: filledText.max(128, { error: 'must have at most 128 characters' }),
  approver: filledText.max(256, { error: 'must have at most 256 characters' }),
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
  keys: approverKeyList.refine((keys) => keys.length > 0, { error: 'must hold a key, or be left out' }),
});

/** Why the keys cannot be used in this plan, or null where they can. */
export function keysProblem(plan: Pick<Plan, 'approverKeys' | 'domain' | 'people'>): string | null {
  const strange = plan.approverKeys?.keys.find(({ approver }) => personOf(approver, plan) === null);
  if (!strange) return null;
  return `"${strange.approver}" is no name in the domain: write DOMAIN\\name or name@domain`;
}

/** Everyone who has a key. */
export function withKey(known: KnownPeople, { keys }: ApproverKeySet): Set<string> {
  return new Set(keys.flatMap(({ approver }) => personOf(approver, known) ?? []));
}

/** Whether it is so many octets in base64url (RFC 4648 section 5), in the one spelling that encoders write. */
function isOctets(text: string, count: number): boolean {
  const octets = Buffer.from(text, 'base64url');
  return octets.length === count && octets.toString('base64url') === text;
}
