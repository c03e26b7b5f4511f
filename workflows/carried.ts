import { workflowInfo } from '@temporalio/workflow';

import type { Evidence } from '../src/domain/facts/evidence.ts';
import type { Facts } from '../src/domain/facts/facts.ts';
import { unknownEvidence } from '../src/domain/facts/host-evidence.ts';
import type { QueuedVote } from '../src/domain/gates/votes.ts';
import type { Sender } from '../src/domain/migration/signals.ts';
import type { StageName } from '../src/domain/migration/stages.ts';
import type { MigrationStatus } from '../src/domain/migration/status.ts';
import type { Plan } from '../src/domain/plan/plan.ts';

/** Whole state of a migration, as plain data: it crosses continue-as-new, and an adopting run goes on with it. */
export interface Carried {
  status: MigrationStatus;
  /** Votes that no activity has verified yet. */
  queue: QueuedVote[];
  /** Evidence of the latest preflight: the open gate is voted on it. */
  evidence: Evidence | null;
  /** ISO 8601: when the hosts in it were read. */
  hostsReadAt: string | null;
  /** This migration created the dMSA, and so may remove it. */
  createdByUs: boolean;
  /** DNS name of the DC that was read and changed last. */
  server: string;
  observation: { until: string; digest: string | null } | null;
  completedAt: string | null;
  /** Facts when the plan was made, until they have been compared; null if the plan does not say. */
  seen: Facts | null;
  /** This run goes on with the state of one that was ended by hand. */
  adopted: boolean;
  undoRequest: Sender | null;
  retryRequest: { accept: boolean } | null;
  /** ISO 8601: end of the soak; null before it. */
  soakUntil: string | null;
  /** All was found well after the soak. */
  soaked: boolean;
  /** Progress of the latest rollout; null before the first. */
  rollout: RolloutProgress | null;
  /** Number of notices sent. */
  notices: number;
}

/** Progress of a stage that works on hosts in waves. The status lists failed hosts that wait for an operator. */
export interface RolloutProgress {
  stage: StageName;
  /** Hosts that had their turn and are well. */
  done: string[];
  /** Hosts that failed and that no retry has mended, skipped ones included. */
  failed: string[];
  /** Number of waves that have been worked on. */
  waves: number;
  /** The canary was well after its bake time, so the others follow. */
  proven: boolean;
  /** ISO 8601: end of the canary's bake time; null outside of it. */
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
