import type { JournalEntry } from '../../src/domain/migration/journal.ts';
import type { JournalRecord } from '../../src/records/records.ts';
import type { ActivityDeps } from '../deps.ts';
import { now } from '../runtime.ts';

/** Input of every activity that changes something: the migration, and the journal entry it acts for. */
export interface ChangeInput<E extends JournalEntry = JournalEntry> {
  migrationId: string;
  entry: E;
}

/** Mirrors the intent just before the effect, and the effect once it is verified. */
export async function journalled<T>(
  deps: ActivityDeps,
  { migrationId, entry }: ChangeInput,
  [before, after]: [JournalRecord['when'], JournalRecord['when']],
  effect: () => Promise<T>,
): Promise<T> {
  await deps.records.journal(migrationId, { at: now().toISOString(), when: before, entry });
  const result = await effect();
  await deps.records.journal(migrationId, { at: now().toISOString(), when: after, entry });
  return result;
}

export const forward: [JournalRecord['when'], JournalRecord['when']] = ['about-to', 'done'];
export const backward: [JournalRecord['when'], JournalRecord['when']] = ['undoing', 'undone'];
