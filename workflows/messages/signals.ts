import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';

import { isUnreadable } from '../../src/domain/facts/unreadable.ts';
import type { RecordedVote } from '../../src/domain/gates/votes.ts';
import type {
  RecordedSignal,
  SignalName,
  SignalRefusal,
  SignalRefusalCode,
} from '../../src/domain/migration/signals.ts';
import type { Carried } from '../carried.ts';
import { currentDetails } from '../details.ts';
import { type Migration, now } from '../state.ts';
import { recordMark } from '../versions.ts';
import { boundSignals } from './bounds.ts';
import { idOf, isWellFormed, senderOf } from './payload.ts';

/** Effect of a signal. Returns its subject, and why it did nothing if it did nothing. */
export type Reaction = (
  m: Migration,
  payload: unknown,
) => { about?: string | undefined; refusal?: SignalRefusal };

export function refuse(code: SignalRefusalCode, about?: string, limit?: SignalRefusal['limit']) {
  return { about, refusal: { verdict: 'refused', code, ...(limit !== undefined && { limit }) } } as const;
}

/** Receives a signal and records its verdict. A malformed payload does nothing. */
export function receive(m: Migration, signal: SignalName, payload: unknown, react: Reaction): void {
  const { status } = m.state;
  const { about, refusal = { verdict: 'accepted' as const } } = whyMalformed(m, payload) ?? react(m, payload);
  const subject = about === undefined ? {} : { about };
  status.signals.push({
    signal,
    ...subject,
    ...senderOf(payload),
    ...idOf(payload),
    at: now(),
    ...refusal,
  });
  boundSignals(status);
  setCurrentDetails(currentDetails(status));
}

/**
 * Null for a readable, well-formed payload. A payload that one worker could not read stays refused, also for a worker with
 * the key: what followed depends on it. A payload that another worker has read stops this worker.
 */
function whyMalformed(m: Migration, payload: unknown): ReturnType<Reaction> | null {
  const mark = `signal-${++m.heard}-is-unreadable`;
  if (isUnreadable(payload)) {
    if (!recordMark(mark))
      throw new Error(`a signal is encrypted with a key that this worker lacks (${mark})`);
    return refuse('SIGNAL_UNREADABLE');
  }
  if (workflowInfo().unsafe.isReplaying && recordMark(mark)) return refuse('SIGNAL_UNREADABLE');
  return isWellFormed(payload) ? null : refuse('SIGNAL_MALFORMED');
}

/** Answers the query `outcomes`. Anyone may ask for anything: a name of no signal has no records. */
export function outcomes({ state }: Migration, name: unknown): (RecordedVote | RecordedSignal)[] {
  const { signals } = state.status;
  if (name === undefined || name === null) return signals;
  if (name === 'approve' || name === 'reject') return votesOf(state).filter((vote) => vote.decision === name);
  return signals.filter(({ signal }) => signal === name);
}

/** Answers the query `record`. */
export function recordOf({ state }: Migration, id: unknown): RecordedVote | RecordedSignal | null {
  if (typeof id !== 'string') return null;
  return [...votesOf(state), ...state.status.signals].find((each) => each.id === id) ?? null;
}

function votesOf({ status }: Carried): RecordedVote[] {
  return [...status.earlyVotes, ...status.gates.flatMap((gate) => gate.votes)];
}

/** True once the migration turns back: nothing on the way forward can be asked for any more. */
export function turnsBack({ undoRequest, status }: Carried): boolean {
  return undoRequest !== null || status.failure !== null;
}
