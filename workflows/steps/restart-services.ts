import type { RestartResult, RestartServicesInput } from '../../activities/hosts/restart-services.ts';
import { see } from '../../src/domain/facts/host-evidence.ts';
import type { Finding } from '../../src/domain/findings/findings.ts';
import type { JournalEntryOf } from '../../src/domain/migration/journal.ts';
import { restartable } from '../../src/domain/migration/restart-steps.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import type { GateName, PlanHost } from '../../src/domain/plan/plan.ts';
import { restartTimeMs } from '../../src/domain/plan/restart-time.ts';
import { nextWave, without } from '../../src/domain/plan/rollout.ts';
import { durationMs } from '../../src/domain/values/duration.ts';
import { summaries } from '../../src/wording/summary.ts';
import { onHosts, undoingOnHosts, waiting } from '../activities.ts';
import type { RolloutProgress } from '../carried.ts';
import { approval } from '../gates/approval.ts';
import { bake, startNamesOf } from '../hosts/bake.ts';
import { seeEvents } from '../hosts/evidence.ts';
import { mayFail } from '../hosts/failed-hosts.ts';
import { isSkipped } from '../hosts/host-decisions.ts';
import { rollOut, runWaveOf } from '../hosts/rollout.ts';
import { undoWave } from '../hosts/waves.ts';
import { register } from '../journal.ts';
import { waitFor } from '../stage.ts';
import { evidenceOf, inMs, type Migration, now } from '../state.ts';
import type { Undo } from '../undo.ts';
import { unless } from '../unless.ts';
import { hadToWaitForStrangers } from './strangers.ts';

/**
 * Restarts the account's services, the canary first and alone. On the way to completion the canary has to join the
 * principals before any other host is touched. If the plan says so, it has to stay well for a while, too.
 */
export async function restartServices(m: Migration, current: Stage): Promise<void> {
  const hosts = restartable(m.plan.hosts, m.state.status.before);
  if (hosts.length === 0) return;
  await rollOut(m, current, {
    hosts,
    wave: (wave, progress) => restartWave(m, current, wave, progress),
    prove: async (canary, progress) => {
      if (canary.length === 0) return;
      if (m.state.completedAt === null) await waitForPrincipals(m, canary);
      await bake(m, canary, progress);
    },
  });
}

/** Waits until every restarted host is among the principals, and a person has allowed everyone else among them. */
export async function verifyPrincipals(m: Migration, current: Stage): Promise<void> {
  const { principals, digest } = await waitForPrincipals(m, restartable(m.plan.hosts, m.state.status.before));
  // By the workflow's clock: without a worker, an attempt may be made long after it was scheduled.
  const until = inMs(durationMs(m.plan.waits.observe));
  current.note = { kind: 'principals', count: principals.length };
  await hadToWaitForStrangers(m, principals);
  m.state.observation = { until, digest };
}

/**
 * Restarts the services of touched hosts, now that nothing is linked, and starts those that died on the way. Limits and
 * groups hold here, too. A wave that fails does not keep the next from its turn.
 */
export const undoRestartServices: Undo<'restart-services'> = async (m, entries) => {
  const hosts = m.plan.hosts.filter(({ name }) => entries.some(({ target }) => target === name));
  const apart = m.plan.rollout.maxUnavailable !== undefined || hosts.some(({ group }) => group !== undefined);
  const failures: unknown[] = [];
  for (let left = hosts; left.length > 0; ) {
    const wave = apart ? nextWave(left, m.plan.rollout) : left;
    left = without(left, wave);
    const its = entries.filter(({ target }) => wave.some(({ name }) => name === target));
    const { restartServices } = undoingOnHosts(summaries.restartServices(its), waveMs(m, its));
    const input = { ...waveInput(m), entries: its, direction: 'undo' as const };
    await undoWave(m, its, () => restartServices(input)).catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
};

async function restartWave(
  m: Migration,
  current: Stage,
  hosts: PlanHost[],
  progress: RolloutProgress,
): Promise<void> {
  const entries = hosts.map(({ name, services, pools }) =>
    register(m, 'restart-services', name, { services, ...(pools && { pools }) }),
  );
  const { restartServices } = onHosts(summaries.restartServices(entries), waveMs(m, entries));
  const input = {
    ...waveInput(m),
    entries,
    direction: 'forward' as const,
    maxFailures: mayFail(m, hosts, progress),
    triedBefore: progress.failed,
    ...expectations(m, hosts),
    ...approval(m, gateOf(m, progress)),
  };
  await runWaveOf(m, current, progress, entries, () => restartServices(input), {
    done: (host, result) => {
      seeRestart(m, host, result);
      const { restarted, recycled } = result;
      current.changed.push({ kind: 'restarted', host, services: restarted, pools: recycled });
    },
    failed: (host, result) => {
      if (result) seeRestart(m, host, result);
      else see(evidenceOf(m, host), now(), 'restart', { restarted: 'no' });
    },
  });
}

/** Gate at which people approved this wave. */
function gateOf({ plan, state }: Migration, { waves }: RolloutProgress): GateName {
  if (state.completedAt !== null) return 'complete';
  return plan.gates.wave ? `wave-${waves + 1}` : 'start';
}

function seeRestart(m: Migration, host: string, { events, startNameKept, healthy }: RestartResult): void {
  seeEvents(m, host, events);
  see(evidenceOf(m, host), now(), 'restart', { restarted: 'yes', startNameKept, healthy });
}

/** Checks that have to be healthy afterwards, and accounts that the services logged on with before. */
function expectations(m: Migration, hosts: PlanHost[]): Pick<RestartServicesInput, 'checks' | 'startNames'> {
  const names = hosts.map(({ name, services }) => [
    name,
    Object.fromEntries(startNamesOf(m, name, services).map(({ name, startName }) => [name, startName])),
  ]);
  const checks = hosts.flatMap(({ name, checks = [] }) => (checks.length > 0 ? [[name, checks]] : []));
  return { startNames: Object.fromEntries(names), checks: Object.fromEntries(checks) };
}

/** Waits until hosts are among the principals. Hosts that are skipped meanwhile are not waited for. */
async function waitForPrincipals(m: Migration, among: PlanHost[]) {
  const until = inMs(durationMs(m.plan.waits.join));
  for (;;) {
    const hosts = among.filter(({ name }) => !isSkipped(m, name));
    waitFor(m, { kind: 'principals', hosts: hosts.map(({ name }) => name), refused: [] }, until);
    const verify = waiting(summaries.verifyPrincipals).verifyPrincipals;
    const look = () =>
      verify({ target: m.target, hosts, planHosts: m.plan.hosts.map((host) => host.computerSid), until });
    const found = await unless(() => hosts.some(({ name }) => isSkipped(m, name)), look);
    if (found === null) continue;
    for (const host of hosts) see(evidenceOf(m, host.name), now(), 'directory', { principal: 'yes' });
    const { status } = m.state;
    // They have joined, so what preflight found of them is out of date.
    const joined = ({ code, subject }: Finding) =>
      code === 'PRINCIPAL_MISSING' && hosts.some(({ name }) => name === subject);
    status.findings = status.findings.filter((each) => !joined(each));
    waitFor(m, null);
    return found;
  }
}

/** Number of hosts that a worker can talk to at once, whatever the plan says. */
const sessionsAtOnce = 16;

/** Time for a wave, in milliseconds: that of the slowest host for each round of hosts that are restarted together. */
function waveMs(m: Migration, entries: JournalEntryOf<'restart-services'>[]): number {
  const { maxParallel, serviceTimeout } = m.plan.rollout;
  const checksOf = (name: string) => m.plan.hosts.find((host) => host.name === name)?.checks;
  const slowest = Math.max(
    ...entries.map(({ target, beforeImage }) => restartTimeMs(beforeImage, serviceTimeout, checksOf(target))),
  );
  const rounds = Math.ceil(entries.length / Math.min(maxParallel, sessionsAtOnce));
  return rounds * (slowest + 60_000);
}

function waveInput(m: Migration) {
  const { maxParallel, serviceTimeout } = m.plan.rollout;
  const eventLogEnabled = m.plan.enableEventLog;
  return { migrationId: m.id, maxParallel, serviceTimeout, intentAt: now(), eventLogEnabled };
}
