import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { isUnreadable } from '../../src/domain/facts/unreadable.ts';
import type { RecordedVote } from '../../src/domain/gates/gates.ts';
import type { RecordedSignal, SignalName } from '../../src/domain/migration/status.ts';
import { currentDetails } from '../details.ts';
import { type Carried, type Migration, now } from '../state.ts';
import { recordMark } from '../versions.ts';
import { boundSignals } from './bounds.ts';
import { by, idOf, isWellFormed } from './payload.ts';

/** What a signal does: what it is about, and why nothing was done about it where nothing was. */
export type Reaction = (m: Migration, payload: unknown) => { about?: string | null; refused?: string | null };

/** Takes a signal in, and writes down what became of it. A payload that has not its shape does nothing. */
export function receive(m: Migration, signal: SignalName, payload: unknown, react: Reaction): void {
  const { status } = m.state;
  const { about = null, refused = null }: ReturnType<Reaction> =
    whyMalformed(m, payload) ?? react(m, payload);
  const recorded: RecordedSignal = { signal, about, ...by(payload), ...idOf(payload), at: now(), refused };
  status.signals.push(recorded);
  boundSignals(status);
  setCurrentDetails(currentDetails(status));
}

/**
 * Null where its payload can be read and has its shape. One that this worker cannot read stays malformed for ever, also for
 * a worker that has the key: what followed has followed from that. Where it was read before, this worker must not go on.
 */
function whyMalformed(m: Migration, payload: unknown): { refused: string } | null {
  const mark = `signal-${++m.heard}-is-unreadable`;
  const refused = 'malformed: by and reason have to be texts in an object';
  if (isUnreadable(payload)) {
    if (!recordMark(mark))
      throw new Error(`a signal is encrypted with a key that this worker lacks (${mark})`);
    return { refused: 'malformed: it is encrypted with a key that the worker lacks' };
  }
  if (workflowInfo().unsafe.isReplaying && recordMark(mark)) return { refused };
  return isWellFormed(payload) ? null : { refused };
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
