import { durationMs } from '../../src/domain/duration.ts';
import type { HostEvidence } from '../../src/domain/facts.ts';
import type { JournalEntry } from '../../src/domain/journal.ts';
import type { PlanHost } from '../../src/domain/plan.ts';
import { waves } from '../../src/domain/rollout.ts';
import type { Stage } from '../../src/domain/stages.ts';
import { onHosts, undoingOnHosts, waiting } from '../activities.ts';
import type { Undo } from '../compensate.ts';
import { register } from '../journal.ts';
import { unlessPaused } from '../messages.ts';
import { evidenceOf, inMs, type Migration, now, waitFor } from '../state.ts';
import { runWave } from '../waves.ts';
import { names } from './prepare-hosts.ts';
import { strangersAllowed } from './strangers.ts';

type RestartEntry = Extract<JournalEntry, { step: 'restart-services' }>;

/**
 * Restarts the account's services, the canary first and alone. On the way to completion the canary has to join the
 * principals before any other host is touched.
 */
export async function restartServices(m: Migration, current: Stage): Promise<void> {
  const [canary, ...rest] = waves({ hosts: restartable(m), rollout: m.plan.rollout });
  if (!canary) return;
  await restartWave(m, current, canary);
  if (m.state.completedAt === null) await principalsAmong(m, canary);
  for (const wave of rest) await restartWave(m, current, wave);
}

/** Every restarted host is among the principals, and everyone else among them has been allowed by a person. */
export async function verifyPrincipals(m: Migration, current: Stage): Promise<void> {
  const { principals, digest } = await principalsAmong(m, restartable(m));
  // By the workflow's clock: an attempt may be made long after it was scheduled, where no worker was there.
  const until = inMs(durationMs(m.plan.waits.observe));
  current.note = `${principals.length} principals`;
  await strangersAllowed(m, principals);
  m.state.observation = { until, digest };
}

/** Services of touched hosts log on again, now that nothing is linked; one that died on the way is started. */
export const undoRestartServices: Undo<'restart-services'> = async (m, entries) => {
  const { restartServices } = undoingOnHosts(`Restart the services of ${names(entries)}`, waveMs(m, entries));
  const input = { ...waveInput(m), entries, direction: 'undo' as const };
  await runWave(
    m,
    entries,
    () => restartServices(input),
    () => undefined,
    'undone',
  );
};

async function restartWave(m: Migration, current: Stage, hosts: PlanHost[]): Promise<void> {
  await unlessPaused(m);
  const entries = hosts.map(({ name, services }) => register(m, 'restart-services', name, { services }));
  const { restartServices } = onHosts(`Restart the services of ${names(entries)}`, waveMs(m, entries));
  const input = { ...waveInput(m), entries, direction: 'forward' as const };
  await runWave(
    m,
    entries,
    () => restartServices(input),
    (host, { restarted, events }) => {
      note(m, host, events);
      evidenceOf(m, host).restarted = 'yes';
      current.changed.push(`${host}: restarted ${restarted.join(', ') || 'nothing'}`);
    },
  );
}

/** What has been seen stays seen; that no keys were fetched means something only after completion. */
function note(
  m: Migration,
  host: string,
  events: Pick<HostEvidence, 'discovered' | 'joined' | 'keysFetched'>,
): void {
  const evidence = evidenceOf(m, host);
  if (evidence.discovered !== 'yes') evidence.discovered = events.discovered;
  if (evidence.joined !== 'yes') evidence.joined = events.joined;
  if (m.state.completedAt !== null) evidence.keysFetched = events.keysFetched;
}

async function principalsAmong(m: Migration, hosts: PlanHost[]) {
  const until = inMs(durationMs(m.plan.waits.join));
  waitFor(m, `${hosts.length} host${hosts.length === 1 ? '' : 's'} among the principals`, until);
  const verify = waiting('Read who may retrieve the managed password').verifyPrincipals;
  const found = await verify({
    target: m.target,
    hosts,
    planHosts: m.plan.hosts.map((host) => host.computerSid),
    until,
  });
  for (const host of hosts) evidenceOf(m, host.name).principal = 'yes';
  waitFor(m, null);
  return found;
}

/** Hosts with a service of the account that runs: a stopped service stays stopped, and joins at its next start. */
function restartable(m: Migration): PlanHost[] {
  return m.plan.hosts
    .map((host) => {
      const facts = m.state.status.before!.hosts.find((each) => each.name === host.name);
      const running = facts?.services.filter((service) => service.state === 'Running') ?? [];
      return { ...host, services: running.map((service) => service.name) };
    })
    .filter((host) => host.services.length > 0);
}

/** How many hosts a worker can talk to at once, whatever the plan says. */
const sessionsAtOnce = 16;

/** What the slowest host may take, once for each round of hosts that are restarted together. */
function waveMs(m: Migration, entries: RestartEntry[]): number {
  const { maxParallel, serviceTimeout } = m.plan.rollout;
  const most = Math.max(...entries.map(({ beforeImage }) => beforeImage.services.length));
  const rounds = Math.ceil(entries.length / Math.min(maxParallel, sessionsAtOnce));
  return rounds * (most * durationMs(serviceTimeout) + 60_000);
}

function waveInput(m: Migration) {
  const { maxParallel, serviceTimeout } = m.plan.rollout;
  const eventLogEnabled = m.plan.enableEventLog;
  return { migrationId: m.id, maxParallel, serviceTimeout, intentAt: now(), eventLogEnabled };
}
