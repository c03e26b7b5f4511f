import { describe, expect, test } from 'vitest';

import { gateLines } from '../../../src/cli/view/gate.ts';
import { plainLines } from '../../../src/cli/view/plain.ts';
import { type Gate, openGate } from '../../../src/domain/gates/gates.ts';
import { tallyOf } from '../../../src/domain/gates/tally.ts';
import type { RecordedVote } from '../../../src/domain/gates/votes.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import type { GateName } from '../../../src/domain/plan/plan.ts';
import { wordMissing } from '../../../src/wording/gate.ts';

const at = '2025-06-01T08:00:00.000Z';
const asked = {
  requestedBy: 'LAB\\alice',
  domain: { dnsName: 'lab.example', netbiosName: 'LAB' },
  people: [{ sid: 'S-1-5-21-1-2-3-1104', names: ['cid@lab.example', 'cid.smith@lab.example'] }],
};

function gateWith(votes: object[], name: GateName = 'start', hosts?: string[]): Gate {
  const approvers = ['LAB\\bob', 'cid.smith@lab.example', 'LAB\\alice'];
  const plan = { approvers, required: 2, expiresAfter: '7d', onExpiry: 'hold' as const };
  const gate = { ...openGate(name, plan, at, '2025-06-08T08:00:00.000Z', { hosts }), hash: 'a'.repeat(64) };
  const vote = {
    gate: name,
    hash: gate.hash,
    decision: 'approve',
    reason: '',
    receivedAt: at,
    verdict: 'counted',
  };
  return { ...gate, votes: votes.map((each) => ({ ...vote, ...each }) as RecordedVote) };
}

const missingVotes = (gate: Gate) => wordMissing(tallyOf(gate, asked));

describe('who is missing at a gate', () => {
  test('is neither the requester nor who has voted, under whatever name', () => {
    expect(missingVotes(gateWith([]))).toBe('missing: 2 of LAB\\bob, cid.smith@lab.example');
    const bob = { by: 'bob@lab.example', identity: 'bob@lab.example' };
    expect(missingVotes(gateWith([bob]))).toBe('missing: 1 of cid.smith@lab.example');
    const cid = { by: 'LAB\\cid', identity: 'cid@lab.example' };
    expect(missingVotes(gateWith([cid]))).toBe('missing: 1 of LAB\\bob');
    expect(missingVotes(gateWith([bob, cid]))).toBe('');
  });

  test('is also whose vote was voided, or does not count', () => {
    const bob = { by: 'LAB\\bob', identity: 'bob@lab.example' };
    const all = 'missing: 2 of LAB\\bob, cid.smith@lab.example';
    expect(missingVotes(gateWith([{ ...bob, verdict: 'void' }]))).toBe(all);
    expect(missingVotes(gateWith([{ ...bob, verdict: 'refused', code: 'VOTE_STALE_HASH' }]))).toBe(all);
  });
});

test('a vote that was voided says so, where its evidence has come back, too', () => {
  const gate = gateWith([{ by: 'LAB\\bob', identity: 'bob@lab.example', verdict: 'void' }]);
  const lines = gateLines(gate, asked, { color: false, width: 80, now: new Date(at) });
  expect(lines).toContain('  - LAB\\bob approves (voided: the evidence has changed since)');
});

test('in a pipe gates of waves and of the end are told in their stage, with votes and decision', () => {
  const status = {
    ...{ migrationId: 'dmsa/lab.example/svc', account: 'svc', dmsa: 'dmsa-svc', ...asked },
    ...{ outcome: 'running', stage: 'soak', waitingFor: null, paused: false, failure: null },
    ...{ earlyVotes: [], findings: [], hosts: [], allowedPrincipals: [], journal: [] },
    stages: ['restart-services', 'soak'].map((name) => ({
      ...{ name, startedAt: at, endedAt: null, changed: [], note: null },
    })),
    gates: [
      { ...gateWith([{ by: 'LAB\\bob' }], 'wave-2', ['web02.lab.example']), decision: 'rejected' },
      gateWith([], 'soak'),
    ],
  } as unknown as MigrationStatus;
  const lines = plainLines(null, status);
  expect(lines).toContain('Gate "wave-2": LAB\\bob approves, counts');
  expect(lines).toContain('Gate "wave-2": rejected');
  expect(lines.indexOf('Gate "wave-2": rejected')).toBeLessThan(lines.indexOf('Soak: started'));
  expect(lines.filter((line) => line.startsWith('Gate "soak": open for evidence'))).toHaveLength(1);
});
