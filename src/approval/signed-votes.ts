import { CompactSign, compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose';
import { z } from 'zod';

import { isGateName, longestOfVote, type Vote } from '../domain/gates/votes.ts';
import { type KnownPeople, personOf } from '../domain/plan/people.ts';
import type { ApproverKey, ApproverKeySet, GateName } from '../domain/plan/plan.ts';
import { canonicalJson } from '../domain/values/canonical.ts';
import type { PrivateKey } from './keys.ts';

/** The one migration, besides gate and evidence, for which a signed vote counts. */
export interface SignedFor {
  /** Workflow id of the migration. */
  migration: string;
  /** Run id of its first run: a later migration of the same plan is another one. */
  execution: string;
  /** Hash of the plan. */
  plan: string;
}

/** Media type of the header, so that nothing else that a key signs is a vote (RFC 8725, 3.11). */
const type = 'dmsa-vote+jws';

const claims = z.strictObject({
  migration: z.string(),
  execution: z.string(),
  plan: z.string(),
  gate: z.custom<GateName>(isGateName),
  hash: z.string().max(longestOfVote.hash),
  decision: z.enum(['approve', 'reject']),
  by: z.string().trim().min(1).max(longestOfVote.by),
  reason: z.string().max(longestOfVote.reason),
  at: z.iso.datetime(),
});

export type VoteClaims = z.output<typeof claims>;

/** The vote as a compact JWS (RFC 7515) with EdDSA (RFC 8037): what the signals `approve` and `reject` take as `jws`. */
export async function signVote(
  vote: Vote & { at: string },
  signedFor: SignedFor,
  key: PrivateKey,
): Promise<string> {
  const payload = new TextEncoder().encode(canonicalJson({ ...vote, ...signedFor }));
  const header = { alg: 'EdDSA', typ: type, kid: key.kid };
  return await new CompactSign(payload).setProtectedHeader(header).sign(await importJWK(key, 'EdDSA'));
}

/** A signed vote whose signature is good. */
export interface SignedVote {
  claims: VoteClaims;
  /** Key that signed it. */
  key: ApproverKey;
}

/** Reads a signed vote; null where the signature is not that of one of the keys. */
export async function readSignedVote(jws: string, { keys }: ApproverKeySet): Promise<SignedVote | null> {
  try {
    const { kid } = decodeProtectedHeader(jws);
    const key = keys.find((each) => each.kid === kid);
    if (!key) return null;
    const { kty, crv, x } = key;
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK({ kty, crv, x }, 'EdDSA'), {
      algorithms: ['EdDSA'],
    });
    if (protectedHeader.typ !== type) return null;
    const parsed = claims.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    return parsed.success ? { claims: parsed.data, key } : null;
  } catch {
    // An error of any kind means one thing: this is no signature of these keys.
    return null;
  }
}

/** The person who signed in their own name; null where key and name are of two people, or of nobody. */
export function voterOf({ claims, key }: SignedVote, known: KnownPeople): string | null {
  const voter = personOf(claims.by, known);
  return voter === personOf(key.approver, known) ? voter : null;
}

/** The first claim that is another than wanted, or null where all that is wanted was signed. */
export function differingClaim(claims: VoteClaims, wanted: Partial<VoteClaims>): keyof VoteClaims | null {
  const names = Object.keys(wanted) as (keyof VoteClaims)[];
  return names.find((name) => claims[name] !== wanted[name]) ?? null;
}

/** Reads the claims of a text in the form of a signed vote, or null. Proves nothing: anyone can have written it. */
export function claimedBy(jws: string): Pick<VoteClaims, 'gate' | 'hash' | 'by' | 'reason' | 'at'> | null {
  try {
    const { gate, hash, by, reason, at } = claims.parse(decodeJwt(jws));
    return { gate, hash, by, reason, at };
  } catch {
    return null;
  }
}
