import fc from 'fast-check';
import { CompactSign, importJWK } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { newPrivateKey, type PrivateKey, publicKeyOf } from '../../src/approval/keys.ts';
import { readSignedVote, signVote } from '../../src/approval/signed-votes.ts';
import { verifyVotes } from '../../src/approval/verify-votes.ts';
import { openGate } from '../../src/domain/gates/gates.ts';
import type { Vote } from '../../src/domain/gates/votes.ts';
import { type ApproverKey, migrationId } from '../../src/domain/plan/plan.ts';
import { canonicalJson } from '../../src/domain/values/canonical.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { codeOf } from '../support/verdicts.ts';

const at = '2025-06-01T08:00:00.000Z';
const hash = 'a'.repeat(64);
const vote: Vote & { at: string } = {
  gate: 'start',
  hash,
  by: 'LAB\\bob',
  decision: 'approve',
  reason: 'evidence read',
  at,
};

let bob: PrivateKey;
let carol: PrivateKey;
let keys: ApproverKey[];
let plan: ReturnType<typeof samplePlan>;
const signedFor = () => ({ migration: migrationId(plan), execution: 'run-1', plan: plan.hash });

beforeAll(async () => {
  bob = await newPrivateKey('LAB\\bob');
  carol = await newPrivateKey('carol@lab.example');
  keys = [bob, carol].map((key) => publicKeyOf(key) as ApproverKey);
  plan = samplePlan({ requestedBy: 'LAB\\alice', approverKeys: { keys } });
});

/** What becomes of one signed or unsigned payload at an open gate "start". */
async function verdict(payload: unknown, decision: Vote['decision'] = 'approve') {
  const gatePlan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' } as const;
  const gate = { ...openGate('start', { ...gatePlan, approvers: [] }, at, at), hash };
  const [recorded] = await verifyVotes({
    votes: [{ decision, payload, receivedAt: at }],
    gate,
    requestedBy: plan.requestedBy,
    domain: plan.domain,
    keys: { keys },
    signedFor: signedFor(),
  });
  return recorded!;
}

describe('where the plan lists keys, a vote does not count', () => {
  test('that is not signed, whatever it says', async () => {
    const { at: _, decision: __, ...unsigned } = vote;
    expect(codeOf(await verdict(unsigned))).toBe('VOTE_UNSIGNED');
    expect(codeOf(await verdict({ ...unsigned, jws: 'a.b.c' }))).toBe('VOTE_BAD_SIGNATURE');
    expect(codeOf(await verdict(null))).toBe('VOTE_MALFORMED');
  });

  test('that a stranger signed, or an approver for another name than his own', async () => {
    const mallory = { ...(await newPrivateKey('LAB\\bob')), kid: bob.kid };
    expect(codeOf(await verdict({ jws: await signVote(vote, signedFor(), mallory) }))).toBe(
      'VOTE_BAD_SIGNATURE',
    );
    const forged = await signVote({ ...vote, by: 'LAB\\carol' }, signedFor(), bob);
    expect(codeOf(await verdict({ jws: forged }))).toBe('VOTE_BAD_SIGNATURE');
  });

  test('that was given in another migration, run, plan, gate or decision, or for older evidence', async () => {
    const elsewhere = { ...signedFor(), migration: 'dmsa/lab.example/other' };
    expect(codeOf(await verdict({ jws: await signVote(vote, elsewhere, bob) }))).toBe('VOTE_FOR_ANOTHER');
    const earlier = { ...signedFor(), execution: 'run-0' };
    expect(codeOf(await verdict({ jws: await signVote(vote, earlier, bob) }))).toBe('VOTE_FOR_ANOTHER');
    const other = { ...signedFor(), plan: 'b'.repeat(64) };
    expect(codeOf(await verdict({ jws: await signVote(vote, other, bob) }))).toBe('VOTE_FOR_ANOTHER');
    const no = await signVote({ ...vote, decision: 'reject' }, signedFor(), bob);
    expect(codeOf(await verdict({ jws: no }))).toBe('VOTE_FOR_ANOTHER');
    const gate = await signVote({ ...vote, gate: 'complete' }, signedFor(), bob);
    expect(codeOf(await verdict({ jws: gate }))).toBe('VOTE_WRONG_GATE');
    const stale = await signVote({ ...vote, hash: 'c'.repeat(64) }, signedFor(), bob);
    expect(codeOf(await verdict({ jws: stale }))).toBe('VOTE_STALE_HASH');
  });

  test('whose bytes say vote and whose header does not, or names no algorithm', async () => {
    const payload = new TextEncoder().encode(canonicalJson({ ...vote, ...signedFor() }));
    const key = await importJWK(bob, 'EdDSA');
    const untyped = await new CompactSign(payload)
      .setProtectedHeader({ alg: 'EdDSA', kid: bob.kid })
      .sign(key);
    expect(codeOf(await verdict({ jws: untyped }))).toBe('VOTE_BAD_SIGNATURE');
    const [, body] = untyped.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'dmsa-vote+jws', kid: bob.kid }));
    expect(codeOf(await verdict({ jws: `${none.toString('base64url')}.${body}.` }))).toBe(
      'VOTE_BAD_SIGNATURE',
    );
  });

  test('of which a single character was changed', async () => {
    const jws = await signVote(vote, signedFor(), bob);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(jws.length - 1),
        fc.constantFrom('A', 'z', '0', '-', '.'),
        async (place, by) => {
          const changed = jws.slice(0, place) + by + jws.slice(place + 1);
          const read = await readSignedVote(changed, { keys });
          // The last character of base64url may hold bits that mean nothing.
          if (read) expect(read.claims).toMatchObject(vote);
          else expect(codeOf(await verdict({ jws: changed }))).toBe('VOTE_BAD_SIGNATURE');
        },
      ),
    );
  });
});

test('a vote that an approver signed for this very thing counts, and carries its proof', async () => {
  const jws = await signVote(vote, signedFor(), bob);
  expect(await verdict({ jws, by: 'LAB\\mallory' })).toEqual({
    ...vote,
    identity: 'bob@lab.example',
    receivedAt: at,
    verdict: 'counted',
    kid: bob.kid,
    jws,
  });
});
