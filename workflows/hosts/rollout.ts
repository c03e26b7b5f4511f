import { condition, isCancellation, setCurrentDetails } from '@temporalio/workflow';

import type { HostOutcome } from '../../activities/hosts/each-host.ts';
import type { JournalEntry } from '../../src/domain/migration/journal.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import type { GateName, PlanHost } from '../../src/domain/plan/plan.ts';
import { canaryOf, nextCanaryWave, nextWave } from '../../src/domain/plan/rollout.ts';
import { findDrift } from '../../src/domain/values/drift.ts';
import type { RolloutProgress } from '../carried.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { currentDetails } from '../details.ts';
import { beginAnew, openAndPassGate } from '../gates/gate.ts';
import { notify, notifyOfFailedHosts } from '../messages/notify.ts';
import { countFailedHost } from '../metrics.ts';
import { publish, waitFor } from '../stage.ts';
import type { Migration } from '../state.ts';
import { preflight } from '../steps/preflight.ts';
import { failedAmong, markHostDone, markHostFailed, requireFewFailures } from './failed-hosts.ts';
import { isSkipped } from './host-decisions.ts';
import { type FailedOutcome, runWave } from './waves.ts';
import { hadToWait } from './windows.ts';

/** Work of a stage on its hosts, in waves. */
export interface RolloutWork {
  /** All its hosts, in rollout order. */
  hosts: PlanHost[];
  /** Works on one wave. It records failed hosts by `markHostFailed`; if it throws, the migration turns back. */
  wave(hosts: PlanHost[], progress: RolloutProgress): Promise<void>;
  /** Finds out whether the canary is well, before any other host is touched, and records failures as `wave` does. */
  prove?(canary: PlanHost[], progress: RolloutProgress): Promise<void>;
}

/**
 * Takes hosts through a stage: the canary alone until it is proven to be well, then waves as the plan allows. Hosts that
 * fail stay as they are, up to `maxFailures`, and wait for an operator. The rollout waits for them at its end, or when
 * they keep it from going on. A new run goes on with what is left.
 */
export async function rollOut(m: Migration, current: Stage, work: RolloutWork): Promise<void> {
  const progress = progressOf(m, current);
  const canary = canaryOf({ hosts: work.hosts, rollout: m.plan.rollout });
  while (!progress.proven) {
    await inWaves(m, canary, nextCanaryWave, progress, work);
    const before = m.state.status.failedHosts;
    await work.prove?.(
      canary.filter(({ name }) => !isSkipped(m, name)),
      progress,
    );
    await notifyOfFailedHosts(m, before);
    progress.proven = canary.every(({ name }) => progress.done.includes(name) || isSkipped(m, name));
  }
  await inWaves(m, work.hosts, nextWave, progress, work);
}

async function inWaves(
  m: Migration,
  hosts: PlanHost[],
  next: typeof nextWave,
  progress: RolloutProgress,
  work: RolloutWork,
): Promise<void> {
  // The evidence may have changed since the vote: a run that was ended by hand may have ended long ago.
  let isOld = m.state.adopted;
  for (;;) {
    const failed = failedAmong(m, work.hosts);
    const left = hosts.filter(
      (host) => !progress.done.includes(host.name) && !failed.includes(host) && !isSkipped(m, host.name),
    );
    const undecided = hosts.some((host) => failed.includes(host));
    if (left.length === 0 && !undecided) return;
    const wave = next(left, m.plan.rollout, failed);
    if (wave.length === 0) await waitForDecision(m, failed);
    else if (await hadToWait(m)) isOld = true;
    else if (!(await mayBegin(m, wave, progress, isOld))) isOld = false;
    else {
      const before = m.state.status.failedHosts;
      await work.wave(wave, progress);
      progress.waves += 1;
      setCurrentDetails(currentDetails(m.state.status));
      requireFewFailures(m, progress);
      await notifyOfFailedHosts(m, before);
    }
  }
}

/**
 * Passes the gate of a wave, if the plan has one. Returns false if that took a wait or a new look (`isOld`), so that the
 * next wave is chosen anew. After Complete nobody is asked: services that wait run on tickets that cannot be renewed.
 */
async function mayBegin(
  m: Migration,
  wave: PlanHost[],
  { stage, waves }: RolloutProgress,
  isOld: boolean,
): Promise<boolean> {
  if (!m.plan.gates.wave || stage !== 'restart-services') return true;
  const name: GateName = `wave-${waves + 1}`;
  const hosts = wave.map((host) => host.name);
  const gate = m.state.status.gates.find((each) => each.name === name);
  const covered = gate !== undefined && hosts.every((host) => gate.hosts!.includes(host));
  if (covered && gate.decision === 'approved' && !isOld) return true;
  if (!gate || !covered) {
    await preflight(m, name, hosts);
    if (gate) {
      const drifted = findDrift({ wave: gate.hosts }, { wave: hosts });
      gate.hosts = hosts;
      beginAnew(m, gate, m.state.evidence!.hash, drifted);
      await notify(m, 'drift', { drift: drifted });
    }
  }
  await openAndPassGate(m, name, hosts);
  return false;
}

/** Waits until an operator decides on one of the failed hosts. */
async function waitForDecision(m: Migration, failed: PlanHost[]): Promise<void> {
  waitFor(m, { kind: 'failed-hosts', hosts: failed.map(({ name }) => name) });
  publish(m);
  await condition(() => failedAmong(m, failed).length < failed.length || isLong());
  await continueIfLong(m);
  waitFor(m, null);
  publish(m);
}

/** Returns the progress of this stage, which an earlier run may have begun. */
function progressOf(m: Migration, { name }: Stage): RolloutProgress {
  if (m.state.rollout?.stage !== name)
    m.state.rollout = { stage: name, done: [], failed: [], waves: 0, proven: false, bakeUntil: null };
  return m.state.rollout;
}

/**
 * Runs one wave as `runWave`, and records the hosts that fail. Throws their failure only if the plan allows none, and
 * always what is no failure of a host.
 */
export async function runWaveOf<R>(
  m: Migration,
  current: Stage,
  progress: RolloutProgress,
  entries: JournalEntry[],
  wave: () => Promise<HostOutcome<R>[]>,
  on: { done(host: string, result: R): void; failed?(host: string, result: R | undefined): void },
): Promise<void> {
  const failed: FailedOutcome<R>[] = [];
  const onDone = (host: string, result: R) => {
    on.done(host, result);
    markHostDone(progress, host);
  };
  let thrown: unknown = null;
  try {
    await runWave(m, entries, wave, onDone, 'applied', (outcome) => failed.push(outcome));
  } catch (error) {
    thrown = error;
  }
  for (const { host, result } of failed) on.failed?.(host, result);
  const { maxFailures = 0 } = m.plan.rollout;
  if (maxFailures === 0) for (const { host, code, message } of failed) countFailedHost(host, code, message);
  if (thrown !== null && (isCancellation(thrown) || failed.length === 0 || maxFailures === 0)) throw thrown;
  for (const { host, code, message } of failed) {
    current.changed.push({ kind: 'host-failed', host, failure: { code, message } });
    markHostFailed(m, progress, { host, code, message });
  }
}
