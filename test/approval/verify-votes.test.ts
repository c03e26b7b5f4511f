import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newPrivateKey, publicKeyOf } from '../../src/approval/keys.ts';
import { signVote } from '../../src/approval/signed-votes.ts';
import { verifyVotes } from '../../src/approval/verify-votes.ts';
import { type Gate, openGate } from '../../src/domain/gates/gates.ts';
import type { RecordedVote } from '../../src/domain/gates/votes.ts';
import type { ApproverKey } from '../../src/domain/plan/plan.ts';
import { codeOf } from '../support/verdicts.ts';

const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };
const hash = 'a'.repeat(64);
const receivedAt = '2025-06-01T08:00:00.000Z';

function gate(changes: Partial<Gate> = {}): Gate {
  const plan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' } as const;
  return { ...openGate('start', { ...plan, approvers: [] }, receivedAt, receivedAt), hash, ...changes };
}

function approval(changes: Record<string, unknown> = {}) {
  return { gate: 'start', hash, by: 'LAB\\bob', reason: 'fine', ...changes };
}

const aYearOff = ['2024-06-01T08:00:00.000Z', '2026-06-01T08:00:00.000Z'];

async function verify(payloads: unknown[], at: Gate | null = gate(), requestedBy = 'LAB\\alice') {
  const votes = payloads.map((payload) => ({ decision: 'approve' as const, payload, receivedAt }));
  return await verifyVotes({ votes, gate: at, requestedBy, domain });
}

const refusals = (recorded: RecordedVote[]) => recorded.map(codeOf);

/** As a payload that is no vote is recorded: `read` is what could be read of it. */
const malformed = (read: object) => [
  { ...read, decision: 'approve', receivedAt, verdict: 'refused', code: 'VOTE_MALFORMED' },
];

describe('a payload that is no vote is recorded as malformed, with what can be read of it', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'yes'],
    ['a number', 42],
    ['a list', [approval()]],
    ['an empty object', {}],
  ])('%s', async (_what, payload) => {
    expect(await verify([payload])).toEqual(malformed({}));
  });

  test.each<[string, keyof ReturnType<typeof approval>, unknown]>([
    ['one without a gate', 'gate', undefined],
    ['one for no gate that there is', 'gate', 'finish'],
    ['one whose gate is a list', 'gate', ['start']],
    ['one without a hash', 'hash', undefined],
    ['one whose hash is a number', 'hash', 7],
    ['one whose hash is endless', 'hash', 'a'.repeat(129)],
    ['one by nobody', 'by', undefined],
    ['one by an object', 'by', { toString: 'bob' }],
    ['one by an endless name', 'by', 'b'.repeat(257)],
    ['one whose reason is endless', 'reason', 'r'.repeat(1025)],
    ['one whose reason is null', 'reason', null],
  ])('%s', async (_what, field, value) => {
    const { [field]: _, ...rest } = approval();
    expect(await verify([{ ...rest, [field]: value }])).toEqual(malformed(rest));
  });

  test('one for another gate keeps that gate', async () => {
    expect(await verify([{ gate: 'wave-3', by: 'LAB\\bob' }])).toEqual(
      malformed({ gate: 'wave-3', by: 'LAB\\bob' }),
    );
  });

  test.each(['.\\bob', 'LAB\\', '@lab.example', 'LAB\\bob@lab.example', '  '])(
    'a name that is no account of a domain is recorded as it came: "%s"',
    async (by) => {
      expect(await verify([approval({ by })])).toEqual(malformed(approval({ by })));
    },
  );

  test('of any shape, it says nothing that was not sent, and nothing longer than a vote needs', async () => {
    const fields = ['gate', 'hash', 'by', 'reason', 'at', 'id', 'jws', 'identity', 'verdict', 'decision'];
    const field = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>(...['start', 'wave-1', hash, 'LAB\\bob', 'counted', 'x'.repeat(9_000)]),
    );
    const object = fc.dictionary(fc.constantFrom(...fields), field, { noNullPrototype: false });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), object), fc.boolean(), async (payload, isGate) => {
        const [recorded, ...others] = await verify([payload], isGate ? gate() : null);
        expect(others).toEqual([]);
        const sent = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<
          string,
          unknown
        >;
        const { gate: at, hash: seen, by, reason, id } = recorded!;
        for (const [name, text] of Object.entries({ gate: at, hash: seen, id }))
          if (text !== undefined) expect(text).toBe(sent[name]);
        if (by !== undefined) expect(by.trim()).toBe((sent.by as string).trim());
        if (reason) expect(reason).toBe(sent.reason);
        expect(JSON.stringify(recorded).length).toBeLessThan(12_000);
        expect(recorded!.receivedAt).toBe(receivedAt);
        expect(recorded!.decision).toBe('approve');
        if (recorded!.verdict !== 'refused')
          expect(recorded).toMatchObject({ gate: 'start', hash, identity: expect.any(String) });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a vote is refused', () => {
  test('where no gate is open', async () => {
    expect(refusals(await verify([approval()], null))).toEqual(['VOTE_WRONG_GATE']);
  });

  test('for another gate', async () => {
    expect(refusals(await verify([approval({ gate: 'complete' })]))).toEqual(['VOTE_WRONG_GATE']);
  });

  test('for other evidence', async () => {
    expect(refusals(await verify([approval({ hash: 'b'.repeat(64) })]))).toEqual(['VOTE_STALE_HASH']);
  });

  test('by the requester, however either is spelled', async () => {
    const spellings = ['LAB\\alice', 'lab.example\\ALICE', 'alice@lab.example', ' Alice ', 'LAB\\ alice'];
    for (const requestedBy of spellings) {
      const recorded = await verify(
        spellings.map((by) => approval({ by })),
        gate(),
        requestedBy,
      );
      expect(refusals(recorded)).toEqual(spellings.map(() => 'VOTE_BY_REQUESTER'));
    }
  });

  test('by someone whom the plan does not list, also under another spelling of the list', async () => {
    const recorded = await verify(
      [approval({ by: 'carol' }), approval({ by: 'bob@lab.example' })],
      gate({ approvers: ['LAB\\BOB'] }),
    );
    expect(refusals(recorded)).toEqual(['VOTE_UNKNOWN_APPROVER', null]);
  });

  test('twice, within one delivery and across two', async () => {
    const first = await verify([approval(), approval({ by: 'bob' })]);
    expect(refusals(first)).toEqual([null, 'VOTE_DUPLICATE']);
    expect(refusals(await verify([approval()], gate({ votes: first })))).toEqual(['VOTE_DUPLICATE']);
  });

  test('when the gate is decided', async () => {
    expect(refusals(await verify([approval()], gate({ decision: 'approved' })))).toEqual(['VOTE_LATE']);
  });

  test('once and for all: the same person may still vote properly', async () => {
    const recorded = await verify([approval({ hash: 'b' }), approval({ gate: 'complete' }), approval()]);
    expect(refusals(recorded)).toEqual(['VOTE_STALE_HASH', 'VOTE_WRONG_GATE', null]);
  });
});

describe('a vote counts', () => {
  test('with its normal identity beside what was written, and without a reason too', async () => {
    const { reason, ...bare } = approval();
    expect(await verify([bare])).toEqual([
      {
        ...bare,
        reason: '',
        decision: 'approve',
        identity: 'bob@lab.example',
        receivedAt,
        verdict: 'counted',
      },
    ]);
  });

  test('by the decision of its signal, whatever the payload says', async () => {
    const votes = [
      { decision: 'reject' as const, payload: approval({ decision: 'approve', identity: 'x' }), receivedAt },
    ];
    const [recorded] = await verifyVotes({ votes, gate: gate(), requestedBy: 'alice', domain });
    expect(recorded).toMatchObject({ decision: 'reject', identity: 'bob@lab.example', verdict: 'counted' });
  });

  test('of several people, each once; the gate that was given is not changed', async () => {
    const at = gate();
    const recorded = await verify(
      ['bob', 'carol', 'dave'].map((by) => approval({ by })),
      at,
    );
    expect(refusals(recorded)).toEqual([null, null, null]);
    expect(at.votes).toEqual([]);
  });
});

/** Neither clock is right: the voter's, the workflow's, or that of this machine. */
describe('the time that a vote says of itself', () => {
  test.each(aYearOff)('is kept as the voter’s (%s), and decides nothing', async (at) => {
    expect(await verify([approval({ at })])).toEqual([
      {
        ...approval({ at }),
        decision: 'approve',
        identity: 'bob@lab.example',
        receivedAt,
        verdict: 'counted',
      },
    ]);
  });

  test.each(aYearOff)('makes no refused vote good, and no good one stale (%s)', async (at) => {
    const payloads = [
      approval({ at, hash: 'b'.repeat(64) }),
      approval({ at, gate: 'complete' }),
      approval({ at, by: 'LAB\\alice' }),
      approval({ at }),
      approval({ at: receivedAt }),
    ];
    const recorded = await verify(payloads);
    expect(refusals(recorded)).toEqual([
      'VOTE_STALE_HASH',
      'VOTE_WRONG_GATE',
      'VOTE_BY_REQUESTER',
      null,
      'VOTE_DUPLICATE',
    ]);
    expect(recorded.map((vote) => vote.at)).toEqual([at, at, at, at, receivedAt]);
    expect(new Set(recorded.map((vote) => vote.receivedAt))).toEqual(new Set([receivedAt]));
  });

  test('of two voters whose clocks disagree orders nothing: the first that came is the first that counts', async () => {
    const [past, future] = aYearOff;
    const recorded = await verify([
      approval({ by: 'carol', at: future }),
      approval({ at: past }),
      approval({ by: 'carol', at: past }),
    ]);
    expect(recorded.map((vote) => [vote.by, vote.at, codeOf(vote)])).toEqual([
      ['carol', future, null],
      ['LAB\\bob', past, null],
      ['carol', past, 'VOTE_DUPLICATE'],
    ]);
  });

  test.each(aYearOff)('is kept of a signed vote, too, which is as good for it (%s)', async (at) => {
    const key = await newPrivateKey('LAB\\bob');
    const signedFor = { migration: 'dmsa/lab.example/svc-web', execution: 'run', plan: 'c'.repeat(64) };
    const vote = { gate: 'start', hash, by: 'LAB\\bob', decision: 'approve', reason: 'fine', at } as const;
    const jws = await signVote(vote, signedFor, key);
    const payload = { jws, at: '1999-01-01T00:00:00.000Z' };
    const [recorded] = await verifyVotes({
      ...{ votes: [{ decision: 'approve', payload, receivedAt }], gate: gate(), domain, signedFor },
      ...{ requestedBy: 'LAB\\alice', keys: { keys: [publicKeyOf(key) as ApproverKey] } },
    });
    expect(recorded).toEqual({
      ...{ ...vote, identity: 'bob@lab.example', receivedAt, verdict: 'counted', kid: key.kid, jws },
    });
  });

  test.each(['yesterday', '2025-02-30T08:00:00Z', 7, null])(
    'makes a vote malformed where it is no time: %j',
    async (at) => {
      expect(refusals(await verify([approval({ at })]))).toEqual(['VOTE_MALFORMED']);
    },
  );
});
