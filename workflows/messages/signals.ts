import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { isUnreadable } from '../../src/domain/facts/unreadable.ts';
import type { RecordedVote } from '../../src/domain/gates/votes.ts';
import type {
  PlainSignalRefusal,
  RecordedSignal,
  SignalName,
  SignalRefusal,
} from '../../src/domain/migration/signals.ts';
import { currentDetails } from '../details.ts';
import { type Carried, type Migration, now } from '../state.ts';
import { recordMark } from '../versions.ts';
import { boundSignals } from './bounds.ts';
import { idOf, isWellFormed, readableSender } from './payload.ts';

/** What a signal does: what it is about, and why nothing was done about it where nothing was. */
export type Reaction = (
  m: Migration,
  payload: unknown,
) => { about?: string | undefined; refusal?: SignalRefusal | null };

export function refuse(code: PlainSignalRefusal, about?: string): ReturnType<Reaction> {
  return { about, refusal: { code } };
}

/** Takes a signal in, and writes down what became of it. A payload that has not its shape does nothing. */
export function receive(m: Migration, signal: SignalName, payload: unknown, react: Reaction): void {
  const { status } = m.state;
  const { about, refusal }: ReturnType<Reaction> = whyMalformed(m, payload) ?? react(m, payload);
  const subject = about === undefined ? {} : { about };
  const receipt = { signal, ...subject, ...readableSender(payload), ...idOf(payload), at: now() };
  status.signals.push(
    refusal ? { ...receipt, verdict: 'refused', ...refusal } : { ...receipt, verdict: 'accepted' },
  );
  boundSignals(status);
  setCurrentDetails(currentDetails(status));
}

/**
 * Null where its payload can be read and has its shape. One that this worker cannot read stays malformed for ever, also for
 * a worker that has the key: what followed has followed from that. Where it was read before, this worker must not go on.
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

/** The query `outcomes`. Anyone may ask for anything: what is no signal has none. */
export function outcomes({ state }: Migration, name: unknown): (RecordedVote | RecordedSignal)[] {
  const { signals } = state.status;
  if (name === undefined || name === null) return signals;
  if (name === 'approve' || name === 'reject') return votesOf(state).filter((vote) => vote.decision === name);
  return signals.filter(({ signal }) => signal === name);
}

/** The query `record`. */
export function recordOf({ state }: Migration, id: unknown): RecordedVote | RecordedSignal | null {
  if (typeof id !== 'string') return null;
  return [...votesOf(state), ...state.status.signals].find((each) => each.id === id) ?? null;
}

function votesOf({ status }: Carried): RecordedVote[] {
  return [...status.earlyVotes, ...status.gates.flatMap((gate) => gate.votes)];
}

/** Whether the way forward is over: nothing on it can be asked for any more. */
export function turnsBack({ undoRequest, status }: Carried): boolean {
  return undoRequest !== null || status.failure !== null;
}
