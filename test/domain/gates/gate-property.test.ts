import fc from 'fast-check';
import { expect, test } from 'vitest';

import { verifyVotes } from '../../../src/approval/verify-votes.ts';
import { countedVotes, decide, openGate, reopen, voidVotes } from '../../../src/domain/gates/gates.ts';
import { codeOf } from '../../support/verdicts.ts';

const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };
const at = '2025-06-01T08:00:00.000Z';

/** People as they write themselves; the first of each is who they are. */
const people = {
  alice: ['LAB\\alice', 'alice@lab.example', 'ALICE', 'lab.example\\Alice'],
  bob: ['LAB\\bob', 'BOB@LAB.EXAMPLE', 'bob'],
  carol: ['LAB\\carol', 'carol@lab.example.'],
  dave: ['LAB\\dave', 'Dave'],
  mallory: ['LAB\\mallory', 'other.example\\bob'],
};
type Person = keyof typeof people;
const requester: Person = 'alice';

/** How many states of the world there are: some come back. */
const states = 3;

type Event =
  | {
      kind: 'vote';
      who: Person;
      spelling: number;
      gate: 'start' | 'complete';
      hash: number;
      approve: boolean;
    }
  | { kind: 'drift'; to: number }
  | { kind: 'expiry' };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('vote' as const),
      who: fc.constantFrom(...(Object.keys(people) as Person[])),
      spelling: fc.nat(10),
      gate: fc.constantFrom('start' as const, 'start' as const, 'start' as const, 'complete' as const),
      // What the voter has seen: -1 is what is there now, `states` never was.
      hash: fc.constantFrom(-1, -1, -1, -1, 0, 1, 2, states),
      approve: fc.boolean().chain((yes) => fc.constantFrom(yes, true)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drift' as const), to: fc.nat(states - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expiry' as const) }) },
);

test('for any order of votes, drift and expiry, a gate opens only with enough distinct, valid, current votes', async () => {
  const seen = { approved: 0, rejected: 0, expired: 0, open: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.subarray(['alice', 'bob', 'carol', 'dave'] as Person[]),
      fc.constantFrom('hold' as const, 'undo' as const),
      async (events, required, approvers, onExpiry) => {
        const names = approvers.map((who) => people[who][0]!);
        const gate = openGate('start', { approvers: names, required, expiresAfter: '7d', onExpiry }, at, at);
        let present = 0;
        gate.hash = 'hash 0';
        /** What each person's first valid vote since the evidence has last changed was. */
        let voted = new Map<Person, boolean>();
        const wanted = () => {
          const said = [...voted.values()];
          if (said.includes(false)) return 'rejected';
          return said.length >= required ? 'approved' : 'open';
        };
        for (const each of events) {
          if (each.kind === 'expiry') {
            if (onExpiry === 'undo') gate.decision = 'expired';
            else gate.overdue = true;
          } else if (each.kind === 'drift') {
            if (each.to === present) continue;
            present = each.to;
            voidVotes(gate);
            reopen(gate, `hash ${present}`, []);
            voted = new Map();
          } else {
            const { who, spelling, approve } = each;
            const saw = each.hash < 0 ? present : each.hash;
            const spellings = people[who];
            const payload = {
              gate: each.gate,
              hash: `hash ${saw}`,
              by: spellings[spelling % spellings.length]!,
            };
            const vote = {
              decision: approve ? ('approve' as const) : ('reject' as const),
              payload,
              receivedAt: at,
            };
            const input = { votes: [vote], gate, requestedBy: people[requester][2]!, domain };
            const [recorded] = await verifyVotes(input);
            gate.votes.push(recorded!);
            // "other.example\bob" is nobody of this domain, and so an approver where anyone may be.
            const isKnown = approvers.length === 0 || approvers.includes(who);
            const person = who === 'mallory' && spelling % 2 === 1 ? ('mallory2' as Person) : who;
            const valid = who !== requester && isKnown && each.gate === 'start' && saw === present;
            const counts = valid && !voted.has(person);
            if (counts) voted.set(person, approve);
            expect(recorded!.verdict === 'counted').toBe(counts);
          }
          if (gate.decision !== 'open') break;
          gate.decision = decide(gate);
          expect(gate.decision).toBe(wanted());
          if (gate.decision !== 'open') break;
        }
        if (gate.decision === 'approved') {
          const yes = new Set(countedVotes(gate).map(({ identity }) => identity));
          expect(yes.size).toBeGreaterThanOrEqual(required);
          expect(yes).not.toContain('alice@lab.example');
        }
        // What comes after the decision changes nothing any more.
        if (gate.decision !== 'open') {
          const decided = gate.decision;
          const payload = { gate: 'start', hash: gate.hash, by: 'LAB\\late' };
          const [late] = await verifyVotes({
            votes: [{ decision: 'approve', payload, receivedAt: at }],
            gate,
            requestedBy: 'alice',
            domain,
          });
          expect(codeOf(late!)).toBe('VOTE_LATE');
          expect(gate.decision).toBe(decided);
        }
        seen[gate.decision as keyof typeof seen]++;
      },
    ),
    { numRuns: 2_000 },
  );
  // The property says something only where each outcome came about.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});
