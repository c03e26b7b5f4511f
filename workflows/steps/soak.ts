import { ApplicationFailure, sleep } from '@temporalio/workflow';

import { durationMs } from '../../src/domain/duration.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { reading } from '../activities.ts';
import { evidenceOf, inMs, type Migration, waitFor } from '../state.ts';

/** Lets the services run as the dMSA for a while, and then looks at everything once more. */
export async function soak(m: Migration): Promise<void> {
  const { soak: length } = m.plan.waits;
  waitFor(m, 'the soak to end', inMs(durationMs(length)));
  await sleep(durationMs(length), { summary: `Soak for ${length}` });
  waitFor(m, null);
  const verify = reading('Verify directory and hosts after completion').verifyCompleted;
  const { facts, events, wrong } = await verify({ plan: m.plan, completedAt: m.state.completedAt! });
  m.state.status.after = facts;
  for (const [host, { keysFetched }] of Object.entries(events)) evidenceOf(m, host).keysFetched = keysFetched;
  if (wrong.length > 0) {
    throw ApplicationFailure.nonRetryable(wrong.join('; '), 'STATE_UNEXPECTED' satisfies ErrorCode);
  }
}
