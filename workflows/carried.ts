import { workflowInfo } from '@temporalio/workflow';

import type { Evidence } from '../src/domain/facts/evidence.ts';
import type { Facts } from '../src/domain/facts/facts.ts';
import type { HostEvidence } from '../src/domain/facts/host-evidence.ts';
import type { QueuedVote } from '../src/domain/gates/votes.ts';
import type { Sender } from '../src/domain/migration/signals.ts';
import type { StageName } from '../src/domain/migration/stages.ts';
import type { MigrationStatus } from '../src/domain/migration/status.ts';
import type { Plan } from '../src/domain/plan/plan.ts';

/** All that a migration knows, as plain data: it crosses continue-as-new, and a run that is adopted goes on with it. */
export interface Carried {
  status: MigrationStatus;
  /** Votes that signals have brought and no activity has verified yet. */
  queue: QueuedVote[];
  /** What the latest preflight saw: what the open gate is voted on. */
  evidence: Evidence | null;
  /** ISO 8601: since when the facts of hosts in it hold. */
  hostsReadAt: string | null;
  /** Whether this migration created the dMSA, and so may remove it. */
  createdByUs: boolean;
  /** DNS name of the DC that was read and changed last. */
  server: string;
  observation: { until: string; digest: string | null } | null;
  completedAt: string | null;
  /** What was there when the plan was made, until it has been compared; null where nobody says. */
  seen: Facts | null;
  /** Whether it goes on with the state of a run that was ended by hand. */
  adopted: boolean;
  undoRequest: Sender | null;
  retryRequest: (Sender & { accept: boolean }) | null;
  /** Code of the failure for which an undo waits for a person; null where it does not. */
  parked: string | null;
  /** ISO 8601: when the soak ends, or has ended; null before it. */
  soakUntil: string | null;
  /** Whether all was found well after the soak. */
  soaked: boolean;
  /** How far the latest rollout has come; null before the first. */
  rollout: Progress | null;
  /** How often people have been told. */
  notices: number;
}

/** Of one stage that works on hosts in waves. Hosts that failed and wait for a person are in the status. */
export interface Progress {
  stage: StageName;
  /** Hosts that had their turn and are well. */
  done: string[];
  /** Hosts that failed and were not mended by a retry, whatever a person said about them. */
  failed: string[];
  /** How many waves have been worked on. */
  waves: number;
  /** Whether the canary has been found well after its bake time, so that the others follow. */
  proven: boolean;
  /** ISO 8601: until when the canary is left to run. */
  bakeUntil: string | null;
}

export function initialState(plan: Plan, seen: Facts | null): Carried {
  return {
    status: initialStatus(plan),
    queue: [],
    evidence: null,
    hostsReadAt: null,
    createdByUs: false,
    observation: null,
    completedAt: null,
    undoRequest: null,
    retryRequest: null,
    server: plan.domain.server,
    seen,
    adopted: false,
    parked: null,
    soakUntil: null,
    soaked: false,
    rollout: null,
    notices: 0,
  };
}

function initialStatus(plan: Plan): MigrationStatus {
  return {
    migrationId: workflowInfo().workflowId,
    account: plan.account.samAccountName,
    dmsa: plan.dmsa.name,
    requestedBy: plan.requestedBy,
    domain: { dnsName: plan.domain.dnsName, netbiosName: plan.domain.netbiosName },
    people: plan.people,
    planHash: plan.hash,
    startedAt: new Date().toISOString(),
    execution: workflowInfo().firstExecutionRunId,
    outcome: 'running',
    stage: 'plan',
    stages: [],
    waitingFor: null,
    paused: false,
    gates: [],
    earlyVotes: [],
    votesLeftOut: 0,
    findings: [],
    hosts: plan.hosts.map(({ name }) => unknownEvidence(name)),
    allowedPrincipals: [],
    journal: [],
    failure: null,
    failedHosts: [],
    signals: [],
    before: null,
    after: null,
  };
}

function unknownEvidence(host: string): HostEvidence {
  return {
    host,
    policy: 'unknown',
    discovered: 'unknown',
    joined: 'unknown',
    keysFetched: 'unknown',
    principal: 'unknown',
    restarted: 'unknown',
    build: 'unknown',
    logOn: 'unknown',
    healthy: 'unknown',
    startNameKept: 'unknown',
    logonRightKept: 'unknown',
    seen: [],
  };
}
