import { sleep } from '@temporalio/workflow';

import { hostsLetIn } from '../../src/domain/assess/assess-principals.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import { durationMs } from '../../src/domain/values/duration.ts';
import { wordCompletionFault } from '../../src/wording/completion-fault.ts';
import { summaries } from '../../src/wording/summary.ts';
import { readingHosts } from '../activities.ts';
import { failWith } from '../failures.ts';
import { openAndPassGate } from '../gates/gate.ts';
import { seeEvents, seeHosts, seePrincipals } from '../hosts/evidence.ts';
import { skippedHosts } from '../hosts/host-decisions.ts';
import { waitFor } from '../stage.ts';
import { inMs, type Migration, now } from '../state.ts';
import { preflight } from './preflight.ts';
import { restoreEventLogs } from './restore-event-logs.ts';

/** Lets the services run as the dMSA for a while, looks at everything once more, and asks people if the plan says so. */
export async function soak(m: Migration, current: Stage): Promise<void> {
  const gate = m.state.status.gates.find(({ name }) => name === 'soak');
  // An earlier run may have soaked already, and may have asked people.
  if (!gate && !m.state.soaked) await soakAndVerify(m);
  if (m.plan.gates.soak && gate?.decision !== 'approved') {
    if (!gate) await preflight(m, 'soak');
    await openAndPassGate(m, 'soak');
  }
  if (m.plan.restoreEventLog) await restoreEventLogs(m, current);
}

async function soakAndVerify(m: Migration): Promise<void> {
  const { soak: length } = m.plan.waits;
  m.state.soakUntil ??= inMs(durationMs(length));
  waitFor(m, { kind: 'soak' }, m.state.soakUntil);
  const left = Date.parse(m.state.soakUntil) - Date.now();
  await sleep(Math.max(0, left), { summary: summaries.soakWait(length) });
  waitFor(m, null);
  const skipped = skippedHosts(m);
  const askedAt = now();
  const verify = readingHosts(summaries.verifyCompleted).verifyCompleted;
  const { facts, events, faults } = await verify({
    plan: m.plan,
    server: m.target.domain.server,
    completedAt: m.state.completedAt!,
    ...expected(m),
    ...(skipped.length > 0 && { skipped }),
  });
  m.state.status.after = facts;
  seeHosts(m, facts.hosts, askedAt);
  seePrincipals(m, facts.dmsa, askedAt);
  for (const [host, { keysFetched }] of Object.entries(events)) seeEvents(m, host, { keysFetched }, askedAt);
  if (faults.length > 0) throw failWith('COMPLETION_DIFFERS', faults.map(wordCompletionFault).join('; '));
  m.state.soaked = true;
}

/** Principals and running services when Complete ran, by the journal. */
function expected(m: Migration): { principals: string[]; running: Record<string, string[]> } {
  const { journal } = m.state.status;
  const principals = journal.flatMap((entry) =>
    entry.step === 'complete' ? [...hostsLetIn(entry.beforeImage.dmsa)] : [],
  );
  const running = journal.flatMap((entry) =>
    entry.step === 'restart-services' ? [[entry.target, entry.beforeImage.services] as const] : [],
  );
  return { principals, running: Object.fromEntries(running) };
}
