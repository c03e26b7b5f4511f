import { see } from '../../src/domain/facts/host-evidence.ts';
import { restartable } from '../../src/domain/migration/restart-steps.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import type { PlanHost } from '../../src/domain/plan/plan.ts';
import { summaries } from '../../src/wording/summary.ts';
import { onHosts } from '../activities.ts';
import type { RolloutProgress } from '../carried.ts';
import { approval } from '../gates/approval.ts';
import { startNamesOf } from '../hosts/bake.ts';
import { markHostFailed, mayFail } from '../hosts/failed-hosts.ts';
import { rollOut, runWaveOf } from '../hosts/rollout.ts';
import { register } from '../journal.ts';
import { evidenceOf, type Migration, now } from '../state.ts';

/** Time for one reboot. A server with much memory and many disks tests them before it boots. */
const timeout = '30m';
const timeoutMs = 30 * 60_000;

/**
 * Reboots the hosts that the plan names, in its waves and windows, before anything is linked: some builds read the
 * policy only when they boot [field]. A host is back when it answers with a new boot time and what ran there runs again.
 */
export async function rebootHosts(m: Migration, current: Stage): Promise<void> {
  const hosts = hostsToReboot(m);
  if (hosts.length === 0) {
    current.note = { kind: 'no-reboots' };
    return;
  }
  await rollOut(m, current, { hosts, wave: (wave, progress) => rebootWave(m, current, wave, progress) });
}

/** Chooses hosts by the last look before the first change, so that every run finds the same ones. */
function hostsToReboot(m: Migration): PlanHost[] {
  const facts = new Map(m.state.status.before!.hosts.map((host) => [host.name, host]));
  const always = m.plan.rollout.reboot === 'after-policy';
  return m.plan.hosts.filter(({ name }) => {
    const host = facts.get(name);
    return host?.rebootPending === true || (always && host?.policy?.value !== 1);
  });
}

async function rebootWave(
  m: Migration,
  current: Stage,
  hosts: PlanHost[],
  progress: RolloutProgress,
): Promise<void> {
  const entries = hosts.map(({ name }) => register(m, 'restart-host', name, null));
  const { maxParallel } = m.plan.rollout;
  const rounds = Math.ceil(entries.length / maxParallel);
  const { restartHosts } = onHosts(summaries.restartHosts(entries), rounds * (timeoutMs + 60_000));
  const intentAt = now();
  const maxFailures = mayFail(m, hosts, progress);
  const allowed = approval(m, 'start');
  const input = { migrationId: m.id, entries, maxParallel, timeout, intentAt, maxFailures, ...allowed };
  const back: string[] = [];
  await runWaveOf(m, current, progress, entries, () => restartHosts(input), {
    done: (host, { bootTime }) => {
      current.changed.push({ kind: 'rebooted', host, bootTime });
      back.push(host);
    },
  });
  await servicesBack(m, back, intentAt, progress);
}

/** Starts services that do not come back by themselves. */
async function servicesBack(
  m: Migration,
  back: string[],
  since: string,
  progress: RolloutProgress,
): Promise<void> {
  const hosts = restartable(m.plan.hosts, m.state.status.before)
    .filter(({ name, services }) => back.includes(name) && services.length > 0)
    .map(({ name, services }) => ({ name, services: startNamesOf(m, name, services), checks: [] }));
  if (hosts.length === 0) return;
  const look = onHosts(summaries.lookAtRebooted, hosts.length * 60_000).lookAtHosts;
  const { serviceTimeout } = m.plan.rollout;
  const input = { migrationId: m.id, hosts, start: { since, serviceTimeout }, ...approval(m, 'start') };
  for (const { host, startNameKept, failure } of await look(input)) {
    see(evidenceOf(m, host), now(), 'host', { startNameKept });
    if (failure) markHostFailed(m, progress, { host, ...failure });
  }
}
