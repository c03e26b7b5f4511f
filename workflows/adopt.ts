import { sleep } from '@temporalio/workflow';

import { durationMs } from '../src/domain/duration.ts';
import type { Adoption } from './contract.ts';
import { type Migration, now, waitFor } from './state.ts';

/**
 * Goes on with the state of a run that was ended by hand. What that run had under way may still take effect: cmdlets get
 * two minutes (activities/deps.ts) and hosts what they were given, so that nothing begins before. From then on each step
 * reads first, and recognises what is its own by journal and events, as it does after an answer that was lost.
 */
export async function adopt(m: Migration, { by, reason, wait = '5m' }: Adoption): Promise<void> {
  const { state } = m;
  const { status } = state;
  status.signals = [
    ...(status.signals ?? []),
    { signal: 'resume', about: 'adopted', by, reason, at: now(), refused: null },
  ];
  status.paused = false;
  if (status.outcome === 'needs-operator') status.outcome = 'running';
  state.adopted = true;
  if (!status.journal.some((entry) => entry.status === 'intended' || status.failure !== null)) return;
  waitFor(m, 'what the ended run had under way', null);
  await sleep(durationMs(wait), { summary: 'What the ended run had under way gets time to end' });
  waitFor(m, null);
}
