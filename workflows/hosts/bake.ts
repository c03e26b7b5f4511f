import { condition } from '@temporalio/workflow';

import { see } from '../../src/domain/facts/host-evidence.ts';
import type { PlanHost } from '../../src/domain/plan/plan.ts';
import { durationMs } from '../../src/domain/values/duration.ts';
import { summaries } from '../../src/wording/summary.ts';
import { readingHosts } from '../activities.ts';
import type { RolloutProgress } from '../carried.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { approval } from '../gates/approval.ts';
import { waitFor } from '../stage.ts';
import { evidenceOf, inMs, type Migration, now } from '../state.ts';
import { markHostFailed, requireFewFailures } from './failed-hosts.ts';
import { isSkipped } from './host-decisions.ts';

/**
 * Lets the canary run for as long as the plan says, and then looks at it once more: its services still run as the same
 * account, and its checks are healthy. A host that is not well has failed as if its restart had.
 */
export async function bake(m: Migration, canary: PlanHost[], progress: RolloutProgress): Promise<void> {
  const { bake: length } = m.plan.rollout;
  if (length === undefined || durationMs(length) === 0) return;
  progress.bakeUntil ??= inMs(durationMs(length));
  const left = Date.parse(progress.bakeUntil) - Date.now();
  if (left > 0) {
    waitFor(m, { kind: 'bake', length }, progress.bakeUntil);
    await condition(isLong, left, { summary: summaries.bakeWait });
    await continueIfLong(m);
    waitFor(m, null);
  }
  progress.bakeUntil = null;
  await lookAt(m, canary, progress);
}

async function lookAt(m: Migration, canary: PlanHost[], progress: RolloutProgress): Promise<void> {
  const hosts = canary
    .filter(({ name }) => !isSkipped(m, name))
    .map(({ name, services, checks = [] }) => ({ name, services: startNamesOf(m, name, services), checks }));
  const looks = await readingHosts(summaries.lookAtHosts).lookAtHosts({
    migrationId: m.id,
    hosts,
    ...approval(m, 'start'),
  });
  const at = now();
  for (const { host, startNameKept, healthy, failure } of looks) {
    see(evidenceOf(m, host), at, 'host', { startNameKept, healthy });
    if (failure) markHostFailed(m, progress, { host, ...failure });
  }
  requireFewFailures(m, progress);
}

/** Returns the accounts that services logged on with before anything was changed. */
export function startNamesOf(m: Migration, host: string, services: string[]) {
  const facts = m.state.status.before!.hosts.find(({ name }) => name === host);
  return (facts?.services ?? [])
    .filter(({ name }) => services.includes(name))
    .map(({ name, startName }) => ({ name, startName }));
}
