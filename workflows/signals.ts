import { setCurrentDetails } from '@temporalio/workflow';

import type { RecordedVote } from '../src/domain/gates.ts';
import { type RecordedSignal, type SignalName, signalsKept } from '../src/domain/status.ts';
import { currentDetails } from './details.ts';
import { by, idOf, isWellFormed } from './payload.ts';
import { type Carried, type Migration, now } from './state.ts';

/** What a signal does: what it is about, and why nothing was done about it where nothing was. */
export type Reaction = (m: Migration, payload: unknown) => { about?: string | null; refused?: string | null };

/** Takes a signal in, and writes down what became of it. A payload that has not its shape does nothing. */
export function receive(m: Migration, signal: SignalName, payload: unknown, react: Reaction): void {
  const { status } = m.state;
  const { about = null, refused = null } = isWellFormed(payload)
    ? react(m, payload)
    : { refused: 'malformed: by and reason have to be texts in an object' };
  const recorded: RecordedSignal = { signal, about, ...by(payload), ...idOf(payload), at: now(), refused };
  status.signals = [...(status.signals ?? []), recorded].slice(-signalsKept);
  setCurrentDetails(currentDetails(status));
}

/** The query `outcomes`. Anyone may ask for anything: what is no signal has none. */
export function outcomes({ state }: Migration, name: unknown): (RecordedVote | RecordedSignal)[] {
  const { gates, earlyVotes, signals = [] } = state.status;
  if (name === undefined || name === null) return signals;
  const votes = [...earlyVotes, ...gates.flatMap((gate) => gate.votes)];
  if (name === 'approve' || name === 'reject') return votes.filter((vote) => vote.decision === name);
  return signals.filter(({ signal }) => signal === name);
}

/** Whether the way forward is over: nothing on it can be asked for any more. */
export function turnsBack({ undoRequest, status }: Carried): boolean {
  return undoRequest !== null || status.failure !== null;
}
