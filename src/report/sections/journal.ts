import type { JournalEntry } from '../../domain/migration/journal.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { wordBeforeImage } from '../../wording/journal.ts';
import { type Block, marked, type Row } from '../model.ts';

/** Table of changes with their before-images. */
export function journalBlocks({ journal }: MigrationStatus): Block[] {
  if (journal.length === 0) return [];
  const titles = ['Registered', 'Step', 'On', 'Stands', 'As it was before'];
  return [{ kind: 'table', name: 'journal', titles, rows: journal.map(journalRow) }];
}

function journalRow(entry: JournalEntry): Row {
  const { registeredAt, step, target, status } = entry;
  return { cells: [{ time: registeredAt }, step, target, marked(status), wordBeforeImage(entry)] };
}
