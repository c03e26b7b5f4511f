import fc from 'fast-check';
import { expect, test } from 'vitest';

import { verifyVotes } from '../../../src/approval/verify-votes.ts';
import { unreadable } from '../../../src/domain/facts/unreadable.ts';
import { openGate } from '../../../src/domain/gates/gates.ts';
import { boundedVote, isWellFormed, senderOf, textOf } from '../../../workflows/messages/payload.ts';

const at = '2025-06-01T08:00:00.000Z';
const hash = 'a'.repeat(64);
const plan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' as const };
const gate = { ...openGate('start', plan, at, at), hash };

/** A payload of any shape, often with the fields of a vote or of another signal, good or bad. */
const texts = [
  'start',
  'wave-2',
  'finish',
  hash,
  'LAB\\bob',
  '.\\bob',
  at,
  '',
  'x'.repeat(300),
  'x'.repeat(9_000),
];
const field = fc.oneof(fc.constantFrom<unknown>(...texts), fc.constantFrom<unknown>(...texts), fc.anything());
const names = ['gate', 'hash', 'by', 'reason', 'at', 'jws', 'id', 'host'];
const payload = fc.oneof(
  fc.anything(),
  fc.dictionary(fc.constantFrom(...names), field),
  fc.record({ gate: field, hash: fc.constant(hash), by: field, reason: field }, { requiredKeys: [] }),
);

async function verdictOn(each: unknown) {
  const votes = [{ decision: 'approve' as const, payload: each, receivedAt: at }];
  const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };
  return (await verifyVotes({ votes, gate, requestedBy: 'LAB\\alice', domain }))[0]!;
}

test('a vote that is kept to bearable lengths gets the verdict that it got whole', async () => {
  const verdicts = new Set<string>();
  await fc.assert(
    fc.asyncProperty(payload, async (each) => {
      const bounded = boundedVote(each);
      expect(JSON.stringify(bounded).length).toBeLessThan(16_000);
      const record = await verdictOn(bounded);
      expect(record).toEqual(await verdictOn(each));
      verdicts.add(record.verdict === 'refused' ? record.code : record.verdict);
    }),
    { numRuns: 5_000 },
  );
  expect([...verdicts]).toEqual(expect.arrayContaining(['VOTE_MALFORMED', 'VOTE_WRONG_GATE', 'counted']));
});

test('of a sender is read what is a text, cut to a bearable length, and nothing else', () => {
  fc.assert(
    fc.property(payload, (each) => {
      const sent = (typeof each === 'object' && each !== null ? each : {}) as Record<string, unknown>;
      const sender = senderOf(each);
      for (const name of ['by', 'reason'] as const) {
        const text = sender[name];
        if (text !== undefined)
          expect((sent[name] as string).startsWith(text) && text.length <= 1_024).toBe(true);
        if (isWellFormed(each) && sent[name] !== undefined) expect(text).toBeDefined();
      }
      expect((textOf(each, 'host') ?? '').length).toBeLessThanOrEqual(255);
    }),
  );
});

test('a payload that this worker cannot read says nothing, and is looked into by nobody', () => {
  const each = unreadable('no key');
  expect([isWellFormed(each), boundedVote(each), senderOf(each), textOf(each, 'host')]).toEqual([
    false,
    null,
    {},
    undefined,
  ]);
});
