import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  countedVotes,
  decide,
  type Gate,
  openGate,
  refusal,
  reopen,
  voidVotes,
} from '../../../src/domain/gates/gates.ts';
import type { RecordedVote, Vote } from '../../../src/domain/gates/votes.ts';
import { normalIdentity } from '../../../src/domain/plan/identity.ts';

const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };
const plan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' } as const;
const requester = normalIdentity('LAB\\alice', domain);
const anyone = { requester, approvers: [] };

function gateAt(hash: string | null, changes: Partial<Gate> = {}): Gate {
  return { ...openGate('start', { ...plan, approvers: [] }, 'opened', 'expires'), hash, ...changes };
}

function voteBy(by: string, changes: Partial<Vote> = {}) {
  const vote: Vote = { gate: 'start', hash: 'h1', by, decision: 'approve', reason: '', ...changes };
  return { ...vote, identity: normalIdentity(by, domain) };
}

function recorded(by: string, changes: object = {}): RecordedVote {
  return { ...voteBy(by), receivedAt: '', verdict: 'counted', ...changes } as RecordedVote;
}

describe('a vote does not count', () => {
  test('without an identity', () => {
    expect(refusal(voteBy('.\\bob'), gateAt('h1'), anyone)).toBe('VOTE_MALFORMED');
  });

  test('at another gate', () => {
    expect(refusal(voteBy('bob', { gate: 'complete' }), gateAt('h1'), anyone)).toBe('VOTE_WRONG_GATE');
  });

  test.each(['LAB\\alice', 'lab.example\\ALICE', 'alice@lab.example', 'Alice', 'LAB\\ alice', 'alice@LAB'])(
    'by the requester, spelled %s',
    (by) => {
      expect(refusal(voteBy(by), gateAt('h1'), anyone)).toBe('VOTE_BY_REQUESTER');
    },
  );

  test('by the requester, even where the plan lists them', () => {
    expect(refusal(voteBy('alice'), gateAt('h1'), { requester, approvers: [requester] })).toBe(
      'VOTE_BY_REQUESTER',
    );
  });

  test('by someone whom the plan does not list', () => {
    const who = { requester, approvers: [normalIdentity('LAB\\bob', domain)] };
    expect(refusal(voteBy('carol'), gateAt('h1'), who)).toBe('VOTE_UNKNOWN_APPROVER');
    expect(refusal(voteBy('BOB@lab.example'), gateAt('h1'), who)).toBeNull();
  });

  test('for evidence that the gate does not show, or while it shows none', () => {
    expect(refusal(voteBy('bob', { hash: 'h0' }), gateAt('h1'), anyone)).toBe('VOTE_STALE_HASH');
    expect(refusal(voteBy('bob', { hash: '' }), gateAt(null), anyone)).toBe('VOTE_STALE_HASH');
  });

  test('twice, by the same person under another name, nor to change the first', () => {
    const gate = gateAt('h1', { votes: [recorded('LAB\\bob')] });
    expect(refusal(voteBy('bob@lab.example'), gate, anyone)).toBe('VOTE_DUPLICATE');
    expect(refusal(voteBy('bob', { decision: 'reject' }), gate, anyone)).toBe('VOTE_DUPLICATE');
  });

  test.each(['approved', 'rejected', 'expired'] as const)('once the gate is %s', (decision) => {
    expect(refusal(voteBy('bob'), gateAt('h1', { decision }), anyone)).toBe('VOTE_LATE');
  });
});

describe('a vote counts', () => {
  test('by anyone but the requester where the plan lists nobody', () => {
    expect(refusal(voteBy('bob'), gateAt('h1'), anyone)).toBeNull();
  });

  test('after an earlier one of the same person was refused, or was for what is no longer there', () => {
    const refused = recorded('bob', { verdict: 'refused', code: 'VOTE_STALE_HASH' });
    const drifted = recorded('bob', { hash: 'h0' });
    expect(refusal(voteBy('bob'), gateAt('h1', { votes: [refused, drifted] }), anyone)).toBeNull();
  });
});

describe('a gate', () => {
  test('opens undecided, with the plan’s rules and no votes', () => {
    const opened = openGate('complete', { ...plan, approvers: ['bob'], required: 2 }, 'then', 'later');
    expect(opened).toEqual({
      name: 'complete',
      hash: null,
      openedAt: 'then',
      expiresAt: 'later',
      overdue: false,
      required: 2,
      approvers: ['bob'],
      votes: [],
      drift: [],
      reopened: 0,
      decision: 'open',
    });
    expect(decide(opened)).toBe('open');
  });

  test('is rejected by one no among many yeses', () => {
    const votes = [recorded('a'), recorded('b'), recorded('c', { decision: 'reject' })];
    expect(decide(gateAt('h1', { votes }))).toBe('rejected');
  });

  test('is not decided by votes that were refused or are for other evidence', () => {
    const votes = [
      recorded('a', { verdict: 'refused', code: 'VOTE_BY_REQUESTER' }),
      recorded('b', { hash: 'h0', decision: 'reject' }),
    ];
    expect(decide(gateAt('h1', { votes }))).toBe('open');
    expect(countedVotes(gateAt('h1', { votes }))).toEqual([]);
  });
});

test('a vote that was voided counts no more where the evidence comes back, and its voter may vote anew', () => {
  const gate = gateAt('h1', { votes: [recorded('bob')] });
  expect(decide(gate)).toBe('approved');
  voidVotes(gate);
  reopen(gate, 'h2', [{ path: 'account.state', before: 0, after: 1 }]);
  voidVotes(gate);
  reopen(gate, 'h1', [{ path: 'account.state', before: 1, after: 0 }]);
  expect(gate).toMatchObject({
    decision: 'open',
    hash: 'h1',
    drift: [{ before: 0 }, { before: 1 }],
  });
  expect(decide(gate)).toBe('open');
  expect(refusal(voteBy('bob'), gate, anyone)).toBeNull();
});

/** What can happen at a gate: someone votes for some hash, or what is there changes. */
const voters = [
  'LAB\\alice',
  'ALICE@LAB.EXAMPLE',
  'LAB\\bob',
  'bob@lab.example',
  'LAB\\carol',
  'dave',
  '.\\bob',
  '',
];
const hashes = ['h1', 'h2', 'h3'];
const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      by: fc.constantFrom(...voters),
      hash: fc.constantFrom(...hashes),
      gate: fc.constantFrom('start' as const, 'start' as const, 'start' as const, 'complete' as const),
      decision: fc.constantFrom(
        'approve' as const,
        'approve' as const,
        'approve' as const,
        'reject' as const,
      ),
      reason: fc.constant(''),
    }),
  },
  { weight: 1, arbitrary: fc.record({ drift: fc.constantFrom(...hashes) }) },
);
const rules = fc.record({
  required: fc.integer({ min: 1, max: 3 }),
  approvers: fc.constantFrom<string[]>([], ['LAB\\bob', 'carol@lab.example'], ['LAB\\alice', 'LAB\\dave']),
});

test('whatever happens at a gate, it is approved only by enough people who may, for what is there now', () => {
  let approved = 0;
  const story = fc.array(happening, { maxLength: 25 });
  fc.assert(
    fc.property(rules, story, ({ required, approvers }, happenings) => {
      const gate = gateAt('h1', { required });
      const who = { requester, approvers: approvers.map((name) => normalIdentity(name, domain)) };
      for (const each of happenings) {
        if ('drift' in each) {
          if (each.drift !== gate.hash) voidVotes(gate);
          reopen(gate, each.drift, []);
        } else {
          const identity = normalIdentity(each.by, domain);
          const code = refusal({ ...each, identity }, gate, who);
          const named = { ...each, ...(identity !== null && { identity }), receivedAt: '' };
          gate.votes.push({
            ...named,
            ...(code ? { verdict: 'refused', code } : { verdict: 'counted' }),
          } as RecordedVote);
        }
        gate.decision = decide(gate);
        if (gate.decision !== 'approved') continue;
        approved += 1;
        const listed = (identity: string) => approvers.length === 0 || who.approvers.includes(identity);
        const current = gate.votes.filter((vote) => vote.hash === gate.hash && vote.gate === 'start');
        const people = new Set(
          current
            .filter((vote) => vote.decision === 'approve')
            .map((vote) => vote.identity)
            .filter(
              (identity) => identity !== undefined && identity !== 'alice@lab.example' && listed(identity),
            ),
        );
        expect(people.size).toBeGreaterThanOrEqual(required);
        expect(countedVotes(gate).filter((vote) => vote.decision === 'reject')).toEqual([]);
        expect(new Set(countedVotes(gate).map((vote) => vote.identity)).size).toBe(countedVotes(gate).length);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(approved).toBeGreaterThan(100);
});
