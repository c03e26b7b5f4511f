import { see } from '../../src/domain/facts/host-evidence.ts';
import type { HostFacts } from '../../src/domain/facts/host-facts.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import { batches } from '../../src/domain/plan/plan.ts';
import { summaries } from '../../src/wording/summary.ts';
import { onHosts, undoingOnHosts } from '../activities.ts';
import { approval } from '../gates/approval.ts';
import { isSkipped } from '../hosts/host-decisions.ts';
import { runWave, undoWave } from '../hosts/waves.ts';
import { register } from '../journal.ts';
import { evidenceOf, type Migration, now } from '../state.ts';
import type { Undo } from '../undo.ts';
import { unlessPausedOrDrifted } from './unless-drifted.ts';

/** Number of hosts that are prepared at once. Setting a policy value stops no service. */
export const hostsAtOnce = 16;
export const hostsPerActivity = 50;

/** Allows dMSA logons on every host, and turns the Kerberos log on if the plan says so. */
export async function prepareHosts(m: Migration, current: Stage): Promise<void> {
  const wanted = m.state.evidence!.facts.hosts.filter(({ name }) => !isSkipped(m, name));
  for (const hosts of batches(wanted, hostsPerActivity)) {
    await unlessPausedOrDrifted(m, untouched(m, hosts));
    const entries = hosts.map(({ name, policy, eventLogEnabled }) =>
      register(m, 'prepare-host', name, { policy, eventLogEnabled }),
    );
    const { prepareHosts } = onHosts(summaries.prepareHosts(entries), waveMs(entries.length));
    const input = {
      migrationId: m.id,
      entries,
      maxParallel: hostsAtOnce,
      enableEventLog: m.plan.enableEventLog,
      ...approval(m, 'start'),
    };
    await runWave(
      m,
      entries,
      () => prepareHosts(input),
      (host, { changed }) => {
        const logOn = m.plan.enableEventLog ? { logOn: 'yes' as const } : {};
        see(evidenceOf(m, host), now(), 'host', { policy: 'yes', ...logOn });
        const { beforeImage } = entries.find(({ target }) => target === host)!;
        const before = beforeImage.policy?.value ?? null;
        if (changed.includes('policy')) current.changed.push({ kind: 'policy-set', host, before, after: 1 });
        if (changed.includes('log')) current.changed.push({ kind: 'log-enabled', host });
      },
    );
  }
}

/** Names of hosts that no earlier run has prepared. */
function untouched({ state }: Migration, hosts: HostFacts[]): string[] {
  const touched = state.status.journal.flatMap(({ step, target }) =>
    step === 'prepare-host' ? [target] : [],
  );
  return hosts.map(({ name }) => name).filter((name) => !touched.includes(name));
}

/** Puts the policy value and the log of each host back as they were. */
export const undoPrepareHosts: Undo<'prepare-host'> = async (m, entries) => {
  const { restoreHosts } = undoingOnHosts(summaries.restoreHosts(entries), waveMs(entries.length));
  await undoWave(m, entries, () => restoreHosts({ migrationId: m.id, entries, maxParallel: hostsAtOnce }));
};

/** Time for preparing hosts, in milliseconds: a minute for each, and some for connecting. */
export function waveMs(hosts: number): number {
  return Math.ceil(hosts / hostsAtOnce) * 90_000;
}
