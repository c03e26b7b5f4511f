import type {
  RecordedSignal,
  Sender,
  SignalRefusal,
  SignalRefusalCode,
} from '../domain/migration/signals.ts';

/** Reasons why a signal did nothing. */
export const signalRefusals: Record<SignalRefusalCode, string> = {
  SIGNAL_MALFORMED: 'malformed: by and reason have to be texts in an object',
  SIGNAL_UNREADABLE: 'it is encrypted with a key that the worker lacks',
  SIGNAL_AFTER_COMPLETION: 'the migration has completed',
  SIGNAL_TURNS_BACK: 'the migration turns back already',
  SIGNAL_PAUSED_ALREADY: 'it is paused already',
  SIGNAL_NOT_PAUSED: 'it is not paused',
  SIGNAL_NOTHING_FAILED: 'nothing waits to be tried again',
  SIGNAL_NOTHING_DIFFERS: 'no difference waits to be accepted (RESTORE_DIFFERS)',
  SIGNAL_NOT_OBSERVING: 'no observation is under way',
  SIGNAL_NO_DURATION: '"for" has to be a duration such as 7d',
  SIGNAL_OBSERVATION_TOO_LONG: 'it would end in more than {limit}',
  SIGNAL_NO_SID: 'it names no SID',
  SIGNAL_ALLOWED_ALREADY: 'it is allowed already',
  SIGNAL_TOO_MANY_ALLOWED: '{limit} are allowed already, and no more can be',
  SIGNAL_NO_HOST: 'it names no host of the plan',
  SIGNAL_SKIPPED_ALREADY: 'it is skipped already',
  SIGNAL_HOSTS_DONE: 'every host has had its turn',
  SIGNAL_HOST_DONE: 'it has had its turn, and is well',
  SIGNAL_HOST_NOT_FAILED: 'only a host that failed is tried again',
};

export function wordSignalRefusal({ code, limit = '' }: Pick<SignalRefusal, 'code' | 'limit'>): string {
  // A forged status may have any code.
  return (signalRefusals[code] ?? code).replace('{limit}', String(limit));
}

/** Verdict on a signal, with the reason. */
export function wordSignalVerdict(signal: RecordedSignal): string {
  return signal.verdict === 'accepted' ? 'done' : `not done: ${wordSignalRefusal(signal)}`;
}

/** Declared identity of a sender. */
export function wordSender({ by }: Pick<Sender, 'by'>): string {
  return by?.trim() || 'somebody';
}

/** Why a migration turns back that was asked to. */
export function wordUndoRequest(sender: Sender): string {
  return `${wordSender(sender)} asked to undo: ${sender.reason || 'no reason given'}`;
}
