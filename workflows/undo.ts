import type { JournalEntry, JournalStep } from '../src/domain/migration/journal.ts';
import type { Migration } from './state.ts';

/**
 * Undoes the entries of one step: one for each host, else the single one. `accept`: an operator has seen the differences,
 * and accepts them.
 */
export type Undo<S extends JournalStep> = (
  m: Migration,
  entries: Extract<JournalEntry, { step: S }>[],
  accept: boolean,
) => Promise<void>;
