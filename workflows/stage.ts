import { log, setCurrentDetails, TemporalFailure, upsertSearchAttributes } from '@temporalio/workflow';

import { needsOf } from '../src/domain/migration/needs.ts';
import type { Stage, StageName } from '../src/domain/migration/stages.ts';
import type { Waiting, WaitReason } from '../src/domain/migration/waiting.ts';
import { canonicalJson } from '../src/domain/values/canonical.ts';
import { wordWaiting } from '../src/wording/waiting.ts';
import { currentDetails } from './details.ts';
import { failureOf } from './failures.ts';
import { searchAttributes } from './search-attributes.ts';
import { type Migration, now } from './state.ts';

/** Runs a stage once: not if it ended in an earlier run. */
export async function stage(
  m: Migration,
  name: StageName,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { status } = m.state;
  let current = status.stages.find((each) => each.name === name);
  if (current?.endedAt) return;
  if (!current) {
    current = { name, startedAt: now(), endedAt: null, changed: [], note: null };
    status.stages.push(current);
  }
  status.stage = name;
  publish(m);
  log.info('stage entered', { stage: name });
  try {
    await work(current);
  } catch (error) {
    if (error instanceof TemporalFailure) {
      current.note = { kind: 'failed', failure: failureOf(error) };
      waitFor(m, null);
    }
    throw error;
  }
  current.endedAt = now();
  waitFor(m, null);
}

/** Shows in status and Temporal's UI what is waited for, until `until` (ISO 8601); null if nothing is. */
export function waitFor(m: Migration, reason: WaitReason | null, until: string | null = null): void {
  const { status } = m.state;
  if (reason === null) status.waitingFor = null;
  else {
    const since = sinceWhen(status.waitingFor, reason);
    if (since === null) log.info('waiting', { waitingFor: wordWaiting(reason), until });
    status.waitingFor = { ...reason, since: since ?? now(), until };
  }
  setCurrentDetails(currentDetails(status));
}

/** Returns when the wait began, if it is the one that goes on; else null. */
function sinceWhen(current: Waiting | null, reason: WaitReason): string | null {
  if (current === null) return null;
  const { since, until: _, ...before } = current;
  return canonicalJson(before) === canonicalJson(reason) ? since : null;
}

/** Sets the search attributes that lists filter by. They are set together, as each upsert is an event. */
export function publish(m: Migration): void {
  const { status } = m.state;
  setCurrentDetails(currentDetails(status));
  const open = status.gates.find((gate) => gate.decision === 'open');
  upsertSearchAttributes([
    { key: searchAttributes.stage, value: status.stage },
    { key: searchAttributes.gate, value: open?.name ?? 'none' },
    { key: searchAttributes.needs, value: needsOf(status) },
    { key: searchAttributes.outcome, value: status.outcome },
  ]);
}
