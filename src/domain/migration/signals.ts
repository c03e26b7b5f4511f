import type { Duration } from '../values/duration.ts';

/** Votes are recorded with their gate; every other signal is one of these. */
export const signalNames = [
  'pause',
  'resume',
  'undo',
  'retry',
  'skipHost',
  'extendObservation',
  'allowPrincipal',
] as const;

export type SignalName = (typeof signalNames)[number];

/** Declared identity of the sender, and the reason, as far as a payload has them as texts. */
export interface Sender {
  by?: string;
  reason?: string;
}

/** A signal and what became of it. */
export type RecordedSignal = SignalReceipt & ({ verdict: 'accepted' } | SignalRefusal);

/** Why a signal did nothing. `limit`: how many, or how long, it would have exceeded. */
export interface SignalRefusal {
  verdict: 'refused';
  code: SignalRefusalCode;
  limit?: number | Duration;
}

/** Record of the arrival of a signal. */
interface SignalReceipt extends Sender {
  signal: SignalName;
  /** The host, the SID or the duration it is about, cut to a bearable length; absent where it names none. */
  about?: string;
  /** A `resume` that went on with a run that was ended by hand. */
  adopted?: true;
  /** ISO 8601. */
  at: string;
  /** Id chosen by the sender to find the record; absent where it was sent without. */
  id?: string;
}

export type SignalRefusalCode =
  | 'SIGNAL_MALFORMED'
  | 'SIGNAL_UNREADABLE'
  | 'SIGNAL_AFTER_COMPLETION'
  | 'SIGNAL_TURNS_BACK'
  | 'SIGNAL_PAUSED_ALREADY'
  | 'SIGNAL_NOT_PAUSED'
  | 'SIGNAL_NOTHING_FAILED'
  | 'SIGNAL_NOTHING_DIFFERS'
  | 'SIGNAL_NOT_OBSERVING'
  | 'SIGNAL_NO_DURATION'
  | 'SIGNAL_OBSERVATION_TOO_LONG'
  | 'SIGNAL_NO_SID'
  | 'SIGNAL_ALLOWED_ALREADY'
  | 'SIGNAL_TOO_MANY_ALLOWED'
  | 'SIGNAL_NO_HOST'
  | 'SIGNAL_SKIPPED_ALREADY'
  | 'SIGNAL_HOSTS_DONE'
  | 'SIGNAL_HOST_DONE'
  | 'SIGNAL_HOST_NOT_FAILED';
