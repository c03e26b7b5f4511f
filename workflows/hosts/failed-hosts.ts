import { ApplicationFailure } from '@temporalio/workflow';

import type { Failure } from '../../src/domain/migration/failure.ts';
import type { PlanHost } from '../../src/domain/plan/plan.ts';
import type { RolloutProgress } from '../carried.ts';
import { failWith } from '../failures.ts';
import { countFailedHost } from '../metrics.ts';
import { type Migration, now } from '../state.ts';
import { isSkipped } from './host-decisions.ts';

/** Records that a host failed. Throws its failure if the plan allows none. */
export function markHostFailed(
  m: Migration,
  progress: RolloutProgress,
  { host, code, message }: Failure & { host: string },
): void {
  const { status } = m.state;
  const { maxFailures = 0 } = m.plan.rollout;
  countFailedHost(host, code, message);
  progress.done = progress.done.filter((name) => name !== host);
  if (!progress.failed.includes(host)) progress.failed.push(host);
  const others = status.failedHosts.filter((failed) => failed.host !== host);
  const decided = isSkipped(m, host);
  status.failedHosts = decided ? others : [...others, { host, code, message, at: now() }];
  if (maxFailures === 0) throw ApplicationFailure.nonRetryable(message, code);
}

/** Throws TOO_MANY_FAILURES if more hosts have failed than the plan allows. Call it once a whole wave is recorded. */
export function requireFewFailures(m: Migration, { failed }: RolloutProgress): void {
  const { maxFailures = 0 } = m.plan.rollout;
  if (failed.length <= maxFailures) return;
  const why = m.state.status.failedHosts.map(({ host, code }) => `${host} (${code})`).join(', ');
  const message = `${failed.length} hosts failed, and the plan allows ${maxFailures}: ${why || failed.join(', ')}`;
  throw failWith('TOO_MANY_FAILURES', message);
}

export function markHostDone(progress: RolloutProgress, host: string): void {
  if (!progress.done.includes(host)) progress.done.push(host);
  progress.failed = progress.failed.filter((name) => name !== host);
}

/** Returns how many more hosts may fail in this wave. */
export function mayFail(m: Migration, wave: PlanHost[], { failed }: RolloutProgress): number {
  const others = failed.filter((name) => !wave.some((host) => host.name === name));
  return Math.max(0, (m.plan.rollout.maxFailures ?? 0) - others.length);
}

/** Returns those of `hosts` that failed and that nobody has decided on. */
export function failedAmong(m: Migration, hosts: PlanHost[]): PlanHost[] {
  const names = new Set(m.state.status.failedHosts.map(({ host }) => host));
  return hosts.filter(({ name }) => names.has(name));
}
