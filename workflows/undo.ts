import type { JournalEntry, JournalStep } from '../src/domain/migration/journal.ts';
import type { Migration } from './state.ts';

/**
 * Undoes the entries of one step: of one host each for steps on hosts, else the single one. `accept`: an operator has
 * seen what cannot be brought back, and lets it be.
 */
export type Undo<S extends JournalStep> = (
  m: Migration,
  entries: Extract<JournalEntry, { step: S }>[],
  accept: boolean,
) => Promise<void>;
