import { ApplicationFailure, sleep } from '@temporalio/workflow';

import { hostsLetIn } from '../../src/domain/assess-principals.ts';
import { durationMs } from '../../src/domain/duration.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { readingHosts } from '../activities.ts';
import { evidenceOf, inMs, type Migration, waitFor } from '../state.ts';

/** Lets the services run as the dMSA for a while, and then looks at everything once more. */
export async function soak(m: Migration): Promise<void> {
  const { soak: length } = m.plan.waits;
  waitFor(m, 'the soak to end', inMs(durationMs(length)));
  await sleep(durationMs(length), { summary: `Soak for ${length}` });
  waitFor(m, null);
  const verify = readingHosts('Verify directory and hosts after completion').verifyCompleted;
  const { facts, events, wrong } = await verify({
    plan: m.plan,
    server: m.target.domain.server,
    completedAt: m.state.completedAt!,
    ...expected(m),
  });
  m.state.status.after = facts;
  for (const [host, { keysFetched }] of Object.entries(events)) evidenceOf(m, host).keysFetched = keysFetched;
  if (wrong.length > 0) {
    throw ApplicationFailure.nonRetryable(wrong.join('; '), 'STATE_UNEXPECTED' satisfies ErrorCode);
  }
}

/** What the journal says was there when Complete ran: who could fetch the password, and which services ran. */
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
