import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { HostEvidence } from '../../../src/domain/facts/host-evidence.ts';
import type { HostFacts } from '../../../src/domain/facts/host-facts.ts';
import { finding } from '../../../src/domain/findings/findings.ts';
import type { Gate } from '../../../src/domain/gates/gates.ts';
import type { CountedVote, RecordedVote, RefusedVote } from '../../../src/domain/gates/votes.ts';
import type { JournalEntry } from '../../../src/domain/migration/journal.ts';
import type { Stage, StageName } from '../../../src/domain/migration/stages.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import { migrationId } from '../../../src/domain/plan/plan.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { goodAccount, goodHost, linkedDmsa } from '../facts/good-facts.ts';

/** A migration of `svc-web` on three hosts that began at 08:00:00 and is seen at 08:01:00. */
export const plan = samplePlan();
export const start = Date.parse('2025-06-01T08:00:00.000Z');
export const now = new Date(start + 60_000);
export const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

const spns = ['HTTP/web.lab.example', 'HTTP/web.lab.example:8443'];
export const account = goodAccount({
  passwordLastSet: '2024-01-01T00:00:00.000Z',
  servicePrincipalNames: spns,
});
export const dmsa = linkedDmsa({
  description: 'Created by dmsa for svc-web',
  state: 2,
  principalsDigest: 'c0ffee',
  servicePrincipalNames: spns,
});

/** A good host that is not prepared. */
export function unpreparedHost(name: string, changes: Partial<HostFacts> = {}): HostFacts {
  return goodHost(name, { policy: { value: null, keyExists: false }, eventLogEnabled: false, ...changes });
}

export const before: Facts = {
  account,
  dmsa: null,
  hosts: plan.hosts.map(({ name }) => unpreparedHost(name)),
};

export const after: Facts = {
  account: { ...account, enabled: false, state: 2, supersededBy: dmsa.dn, servicePrincipalNames: [] },
  dmsa,
  hosts: plan.hosts.map(({ name }) => goodHost(name)),
};

export function stage(name: StageName, from: number, to: number | null, changes: Partial<Stage> = {}): Stage {
  return {
    name,
    startedAt: at(from),
    endedAt: to === null ? null : at(to),
    changed: [],
    note: null,
    ...changes,
  };
}

export function evidence(host: string, changes: Partial<HostEvidence> = {}): HostEvidence {
  return {
    host,
    policy: 'yes',
    discovered: 'yes',
    joined: 'yes',
    keysFetched: 'unknown',
    principal: 'yes',
    restarted: 'yes',
    build: 'unknown',
    logOn: 'unknown',
    healthy: 'unknown',
    startNameKept: 'unknown',
    logonRightKept: 'unknown',
    seen: [],
    ...changes,
  };
}

export function vote(by: string, changes: Partial<CountedVote> | Partial<RefusedVote> = {}): RecordedVote {
  return {
    gate: 'complete',
    hash: 'e'.repeat(64),
    by,
    decision: 'approve',
    reason: 'looks good',
    identity: `${by.split('\\').at(-1)}@lab.example`,
    receivedAt: at(50),
    verdict: 'counted',
    ...changes,
  } as RecordedVote;
}

export function gate(changes: Partial<Gate> = {}): Gate {
  return {
    name: 'complete',
    hash: 'e'.repeat(64),
    openedAt: at(45),
    expiresAt: '2025-06-08T08:00:45.000Z',
    overdue: false,
    required: 2,
    approvers: ['LAB\\ann', 'LAB\\bob', 'LAB\\cid'],
    votes: [],
    drift: [],
    reopened: 0,
    decision: 'open',
    ...changes,
  };
}

const names = plan.hosts.map(({ name }) => name);

export const journal: JournalEntry[] = [
  ...names.map(
    (name): JournalEntry => ({
      id: `prepare-host/${name}`,
      target: name,
      status: 'applied',
      registeredAt: at(10),
      step: 'prepare-host',
      beforeImage: { policy: { value: null, keyExists: false }, eventLogEnabled: false },
    }),
  ),
  {
    id: 'create-dmsa',
    target: dmsa.dn,
    status: 'applied',
    registeredAt: at(12),
    step: 'create-dmsa',
    beforeImage: null,
  },
  {
    id: 'link',
    target: dmsa.dn,
    status: 'applied',
    registeredAt: at(14),
    step: 'link',
    beforeImage: {
      account,
      dmsa: { ...dmsa, state: 0, precededBy: null, principals: [] },
      createdByUs: true,
    },
  },
  ...names.map(
    (name): JournalEntry => ({
      id: `restart-services/${name}`,
      target: name,
      status: name === names[2] ? 'intended' : 'applied',
      registeredAt: at(16),
      step: 'restart-services',
      beforeImage: { services: ['WebApp'] },
    }),
  ),
];

const forward: Stage[] = [
  stage('plan', 0, 0.1),
  stage('preflight', 0.1, 1.3),
  stage('gate-start', 1.3, 10),
  stage('prepare-hosts', 10, 12, {
    changed: names.map((host) => ({ kind: 'policy-set', host, before: null, after: 1 })),
  }),
  stage('create-dmsa', 12, 14, { changed: [{ kind: 'dmsa-created', dn: dmsa.dn }] }),
  stage('link', 14, 16, { changed: [{ kind: 'linked', account: 'svc-web', dmsa: 'dmsa-web$' }] }),
  stage('restart-services', 16, 30, {
    changed: names.map((host) => ({ kind: 'restarted', host, services: ['WebApp'], pools: [] })),
  }),
  stage('verify-principals', 30, 31),
  stage('observe', 31, 44),
  stage('preflight-again', 44, 45),
];

/** Waits at the gate "complete" with one vote that counts and one that does not. */
export const waiting: MigrationStatus = {
  migrationId: migrationId(plan),
  account: 'svc-web',
  dmsa: 'dmsa-web$',
  requestedBy: plan.requestedBy,
  domain: plan.domain,
  people: [],
  planHash: plan.hash,
  execution: 'c5b6a5f0-0000-4000-8000-000000000000',
  startedAt: at(0),
  outcome: 'running',
  stage: 'gate-complete',
  stages: [...forward, stage('gate-complete', 45, null, { note: null })],
  waitingFor: {
    ...{ kind: 'votes', gate: 'complete', required: 2 },
    ...{ since: at(45), until: '2025-06-08T08:00:45.000Z' },
  },
  paused: false,
  gates: [
    gate({
      name: 'start',
      decision: 'approved',
      required: 1,
      votes: [vote('LAB\\ann', { gate: 'start', receivedAt: at(9) })],
    }),
    gate({
      votes: [
        vote('LAB\\ann'),
        vote('LAB\\rosa', {
          verdict: 'refused',
          code: 'VOTE_BY_REQUESTER',
          reason: 'my own',
          receivedAt: at(51),
        }),
      ],
    }),
  ],
  earlyVotes: [],
  votesLeftOut: 0,
  findings: [finding('HOST_REBOOT_PENDING', 'web02.lab.example', 'PendingFileRenameOperations is set')],
  hosts: [
    evidence(names[0]!),
    evidence(names[1]!, { discovered: 'unknown', joined: 'unknown' }),
    evidence(names[2]!, { principal: 'no', joined: 'no' }),
  ],
  allowedPrincipals: [],
  journal,
  failure: null,
  failedHosts: [],
  signals: [],
  before,
  after: null,
};

/** Restarts services; the third host is not there yet. */
export const restarting: MigrationStatus = {
  ...waiting,
  stage: 'restart-services',
  stages: [
    ...forward.slice(0, 6),
    stage('restart-services', 16, null, { note: { kind: 'observation-restarted', at: at(17) } }),
  ],
  waitingFor: null,
  gates: [waiting.gates[0]!],
};

/** Ended as it should. */
export const completed: MigrationStatus = {
  ...waiting,
  outcome: 'completed',
  stage: 'done',
  stages: [
    ...forward,
    stage('gate-complete', 45, 52),
    stage('complete', 52, 53, { changed: [{ kind: 'completed', account: 'svc-web' }] }),
    stage('restart-and-verify', 53, 57),
    stage('soak', 57, 60),
    stage('done', 60, 60),
  ],
  waitingFor: null,
  gates: [
    waiting.gates[0]!,
    gate({ decision: 'approved', votes: [vote('LAB\\ann'), vote('LAB\\bob', { reason: '' })] }),
  ],
  hosts: names.map((name) => evidence(name, { keysFetched: 'yes' })),
  after,
};

const rejected = {
  code: 'GATE_REJECTED',
  message: 'gate "complete": LAB\\bob rejected: change freeze',
};

/** An approver said no; everything was put back. */
export const undone: MigrationStatus = {
  ...waiting,
  outcome: 'undone',
  stage: 'done',
  stages: [
    ...forward,
    stage('gate-complete', 45, null, { note: { kind: 'failed', failure: rejected } }),
    stage('undo', 50, 58, {
      changed: [
        { kind: 'undone', step: 'link', targets: [dmsa.dn] },
        { kind: 'undone', step: 'create-dmsa', targets: [dmsa.dn] },
      ],
    }),
    stage('done', 58, 58),
  ],
  waitingFor: null,
  gates: [
    waiting.gates[0]!,
    gate({
      decision: 'rejected',
      votes: [vote('LAB\\bob', { decision: 'reject', reason: 'change freeze' })],
    }),
  ],
  journal: journal.map((entry) => ({ ...entry, status: 'undone' })),
  failure: rejected,
  after: before,
};
