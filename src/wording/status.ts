import type { MigrationStatus } from '../domain/migration/status.ts';
import { driftText } from '../domain/values/drift.ts';
import { wordChange, wordNote } from './change.ts';
import { wordSignalVerdict } from './signal.ts';
import { wordWaiting } from './waiting.ts';

/** Adds the English of waits, changes, notes, differences and signals to a status, as `text` beside the data. */
export function wordStatus<S extends MigrationStatus>(status: S): S {
  const { waitingFor, stages, gates, signals } = status;
  return {
    ...status,
    waitingFor: waitingFor && { ...waitingFor, text: wordWaiting(waitingFor) },
    stages: stages.map((stage) => ({
      ...stage,
      changed: stage.changed.map((change) => ({ ...change, text: wordChange(change) })),
      note: stage.note && { ...stage.note, text: wordNote(stage.note) },
    })),
    gates: gates.map((gate) => ({
      ...gate,
      drift: gate.drift.map((difference) => ({ ...difference, text: driftText(difference) })),
    })),
    signals: signals.map((signal) => ({ ...signal, text: wordSignalVerdict(signal) })),
  };
}
