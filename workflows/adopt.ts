import { ActivityFailure, sleep } from '@temporalio/workflow';

import { setStatus } from '../src/domain/migration/journal.ts';
import type { StageName } from '../src/domain/migration/stages.ts';
import { MigrationState } from '../src/domain/states.ts';
import { durationMs } from '../src/domain/values/duration.ts';
import { summaries } from '../src/wording/summary.ts';
import type { Adoption } from './contract.ts';
import { boundSignals } from './messages/bounds.ts';
import { waitFor } from './stage.ts';
import { inMs, type Migration, now } from './state.ts';
import { look } from './steps/preflight.ts';

/**
 * Goes on with the state of a run that was ended by hand. What that run had under way may still take effect: cmdlets get
 * two minutes (activities/deps.ts) and hosts their own time, so nothing begins before that. From then on each step reads
 * first, and recognises its own effects by journal and events, as after an answer that was lost.
 */
export async function adopt(m: Migration, { by, reason, wait = '5m' }: Adoption): Promise<void> {
  const { state } = m;
  const { status } = state;
  status.signals.push({ signal: 'resume', adopted: true, by, reason, at: now(), verdict: 'accepted' });
  boundSignals(status);
  status.paused = false;
  if (status.outcome === 'needs-operator') status.outcome = 'running';
  state.adopted = true;
  if (!quiet.includes(status.stage) || status.failure !== null) {
    waitFor(m, { kind: 'ended-run' }, inMs(durationMs(wait)));
    await sleep(durationMs(wait), { summary: summaries.adoptionWait });
    waitFor(m, null);
  }
  if (status.failure === null) await askAgainBeforeComplete(m);
}

/** Stages that change nothing. */
const quiet: StageName[] = ['plan', 'preflight', 'gate-start', 'observe', 'preflight-again', 'gate-complete'];

/**
 * Opens gate "complete" again if Complete has had no effect yet: its votes count for what is there now, or people vote
 * anew. If it may have had one, the step finds out whose that was.
 */
async function askAgainBeforeComplete(m: Migration): Promise<void> {
  const { status } = m.state;
  const stageOf = (name: StageName) => status.stages.find((each) => each.name === name);
  const gateStage = stageOf('gate-complete');
  if (!gateStage?.endedAt || stageOf('complete')?.endedAt) return;
  if (!(await isStillLinked(m))) return;
  const entry = status.journal.find(({ step }) => step === 'complete');
  if (entry?.status === 'intended') setStatus(status.journal, entry.id, 'untouched');
  for (const gate of status.gates) if (gate.name === 'complete') gate.decision = 'open';
  gateStage.endedAt = null;
}

/** Reads whether both objects are in state 1; false if domain controllers do not agree. */
async function isStillLinked(m: Migration): Promise<boolean> {
  try {
    const { evidence } = await look(m, 'soak', true);
    return evidence.facts.account?.state === MigrationState.Started;
  } catch (error) {
    if (error instanceof ActivityFailure) return false;
    throw error;
  }
}
