import { expect, test } from 'vitest';

import { type Gate, openGate } from '../../../src/domain/gates/gates.ts';
import type { RecordedVote } from '../../../src/domain/gates/votes.ts';
import { noticeOf } from '../../../src/domain/migration/notice.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import { samplePlan } from '../../plan/sample-plan.ts';

const approvers = ['LAB\\ann', 'bob@lab.example', 'LAB\\carol', 'LAB\\rosa'];
const gatePlan = { approvers, required: 2, expiresAfter: '7d', onExpiry: 'hold' } as const;
const plan = samplePlan({
  gates: { start: { ...gatePlan, approvers }, complete: { ...gatePlan, approvers } },
});
const at = '2025-06-01T08:00:00.000Z';

function statusWith(changes: Partial<MigrationStatus>): MigrationStatus {
  return {
    migrationId: 'dmsa/lab.example/svc-web',
    account: 'svc-web',
    dmsa: 'dmsa-web',
    stage: 'gate-start',
    outcome: 'running',
    gates: [],
    failure: null,
    ...changes,
  } as MigrationStatus;
}

function gateWith(votes: RecordedVote[]): Gate {
  return {
    ...openGate('start', plan.gates.start, at, '2025-06-08T08:00:00.000Z'),
    hash: 'f'.repeat(64),
    votes,
  };
}

function vote(by: string, identity: string, changes: object = {}): RecordedVote {
  return {
    gate: 'start',
    hash: 'f'.repeat(64),
    by,
    identity,
    decision: 'approve',
    reason: '',
    receivedAt: at,
    verdict: 'counted',
    ...changes,
  } as RecordedVote;
}

test('a gate without evidence, and one that is decided, are not told of', () => {
  const gates = [
    { ...gateWith([]), hash: null },
    { ...gateWith([]), decision: 'approved' as const },
  ];
  expect(noticeOf('done', { plan, status: statusWith({ gates }), at }).gate).toBeNull();
});

test('who is missing leaves out who has voted for what is there now, under any spelling, and the requester', () => {
  const gate = gateWith([
    vote('ann@lab.example', 'ann@lab.example'),
    vote('LAB\\carol', 'carol@lab.example', { hash: 'e'.repeat(64) }),
    vote('LAB\\bob', 'bob@lab.example', { verdict: 'refused', code: 'VOTE_LATE' }),
  ]);
  expect(noticeOf('gate-opened', { plan, status: statusWith({ gates: [gate] }), at }).gate).toEqual({
    name: 'start',
    hash: 'f'.repeat(64),
    required: 2,
    missing: 1,
    approved: ['ann@lab.example'],
    awaited: ['bob@lab.example', 'LAB\\carol'],
    expiresAt: '2025-06-08T08:00:00.000Z',
    overdue: false,
  });
});

test('texts become of bearable length', () => {
  const failure = { code: 'TIMED_OUT', message: 'x'.repeat(1_000) };
  const notice = noticeOf('turned-back', { plan, status: statusWith({ failure }), at });
  expect(notice.failure!.message).toMatch(/^x+…$/);
  expect([...notice.failure!.message]).toHaveLength(300);
});

test('of many hosts and differences the first are told, and how many there are beside', () => {
  const hosts = Array.from({ length: 12 }, (_, index) => ({ host: `h${index}`, code: 'C', message: 'm' }));
  const drift = hosts.slice(1).map(({ host }) => ({ path: host, before: 0, after: 1 }));
  const notice = noticeOf('host-failed', { plan, status: statusWith({}), at }, { hosts, drift });
  expect(notice.hosts).toEqual(hosts.slice(0, 10));
  expect(notice.drift).toEqual(drift.slice(0, 10));
  expect(notice.leftOut).toEqual({ approved: 0, awaited: 0, drift: 1, hosts: 2 });
});

test('what a person is needed for goes before what ended the way forward', () => {
  const status = statusWith({ failure: { code: 'UNDO_REQUESTED', message: 'asked' } });
  const needed = { code: 'RESTORE_DIFFERS', message: 'differs' };
  expect(noticeOf('needs-operator', { plan, status, at }, { failure: needed }).failure).toEqual(needed);
  expect(noticeOf('turned-back', { plan, status, at }).failure).toEqual(status.failure);
});
