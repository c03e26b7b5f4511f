import {
  CancellationScope,
  log,
  setCurrentDetails,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Evidence } from '../src/domain/facts/evidence.ts';
import type { Facts } from '../src/domain/facts/facts.ts';
import type { HostEvidence } from '../src/domain/facts/host-evidence.ts';
import type { QueuedVote } from '../src/domain/gates/votes.ts';
import { needsOf } from '../src/domain/migration/needs.ts';
import type { Sender } from '../src/domain/migration/signals.ts';
import type { Stage, StageName } from '../src/domain/migration/stages.ts';
import type { MigrationStatus } from '../src/domain/migration/status.ts';
import type { Waiting, WaitReason } from '../src/domain/migration/waiting.ts';
import { migrationId, type Plan, type Target, targetOf } from '../src/domain/plan/plan.ts';
import { canonicalJson } from '../src/domain/values/canonical.ts';
import { wordWaiting } from '../src/wording/waiting.ts';
import type { MigrationInput } from './contract.ts';
import { currentDetails } from './details.ts';
import { failureOf } from './failures.ts';
import { searchAttributes } from './search-attributes.ts';

/** One migration while it runs. Everything in `state` is plain data and crosses continue-as-new. */
export interface Migration {
  readonly id: string;
  readonly plan: Plan;
  /** What each step needs of the plan, with the DC that is kept for the migration by now. */
  readonly target: Target;
  readonly state: Carried;
  /** How many signals this run has heard: what became of one is known by its number. */
  heard: number;
  /** The way forward: cancelled by an undo, after which compensation runs outside of it. */
  readonly forward: CancellationScope;
}

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

export function newMigration({ plan, carried, seen }: MigrationInput): Migration {
  return {
    id: migrationId(plan),
    plan,
    get target() {
      return targetOf(plan, this.state.server);
    },
    state: carried ?? {
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
      seen: seen ?? null,
      adopted: false,
      parked: null,
      soakUntil: null,
      soaked: false,
      rollout: null,
      notices: 0,
    },
    heard: 0,
    forward: new CancellationScope(),
  };
}

/** Runs a stage once: one that ended before a continue-as-new is not run again. */
export async function stage(
  m: Migration,
  name: StageName,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { status } = m.state;
  let current = status.stages.find((each) => each.name === name);
  if (current?.endedAt) return;
  if (!current) {
    current = { name, startedAt: now(), endedAt: null, changed: [], note: null };
    status.stages.push(current);
  }
  status.stage = name;
  publish(m);
  log.info('stage entered', { stage: name });
  try {
    await work(current);
  } catch (error) {
    if (error instanceof TemporalFailure) {
      current.note = { kind: 'failed', failure: failureOf(error) };
      waitFor(m, null);
    }
    throw error;
  }
  current.endedAt = now();
  waitFor(m, null);
}

/**
 * Keeps the DC that an activity has used for what comes next: when the plan's own fails, the migration moves to another
 * one and stays there, as the first may come back without what was changed meanwhile.
 */
export function keep(m: Migration, { server }: { server: string }): void {
  m.state.server = server;
}

/** For an activity that may have been run by a run that was ended by hand: its first attempt is none. */
export function again({ state }: Migration): { again?: boolean } {
  return state.adopted ? { again: true } : {};
}

/** What a person or the clock is waited for, where the status and Temporal's UI show it. */
export function waitFor(m: Migration, reason: WaitReason | null, until: string | null = null): void {
  const { status } = m.state;
  if (reason === null) status.waitingFor = null;
  else {
    const since = sinceWhen(status.waitingFor, reason);
    if (since === null) log.info('waiting', { waitingFor: wordWaiting(reason), until });
    status.waitingFor = { ...reason, since: since ?? now(), until };
  }
  setCurrentDetails(currentDetails(status));
}

/** When the wait began that goes on; null where it is another one. */
function sinceWhen(current: Waiting | null, reason: WaitReason): string | null {
  if (current === null) return null;
  const { since, until: _, ...before } = current;
  return canonicalJson(before) === canonicalJson(reason) ? since : null;
}

/** Stage, gate and outcome for lists, as search attributes; set together, as each upsert is an event. */
export function publish(m: Migration): void {
  const { status } = m.state;
  setCurrentDetails(currentDetails(status));
  const open = status.gates.find((gate) => gate.decision === 'open');
  upsertSearchAttributes([
    { key: searchAttributes.stage, value: status.stage },
    { key: searchAttributes.gate, value: open?.name ?? 'none' },
    { key: searchAttributes.needs, value: needsOf(status) },
    { key: searchAttributes.outcome, value: status.outcome },
  ]);
}

export function evidenceOf(m: Migration, host: string): HostEvidence {
  return m.state.status.hosts.find((each) => each.host === host)!;
}

/** Workflow time, ISO 8601: the same on every replay. */
export function now(): string {
  return new Date().toISOString();
}

export function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
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
    startedAt: now(),
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
