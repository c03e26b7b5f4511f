import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { JournalEntry } from './domain/journal.ts';

/** The journal outside Temporal: what an operator has left if the server and its history are lost. */
export interface Records {
  /** Adds one line; returns once it is written. */
  journal(migrationId: string, record: JournalRecord): Promise<void>;
}

export interface JournalRecord {
  /** ISO 8601, by Temporal's clock. */
  at: string;
  /** `about-to` before the effect, `done` after it was verified. */
  when: 'about-to' | 'done' | 'undoing' | 'undone';
  entry: JournalEntry;
}

/** One JSON Lines file for each migration in `folder`, readable by its owner alone. */
export function fileRecords(folder: string): Records {
  return {
    async journal(migrationId, record) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `${fileName(migrationId)}.journal.jsonl`);
      await appendFile(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    },
  };
}

/** A file name that every system accepts; ids differ in what remains, as names of accounts and domains do. */
export function fileName(migrationId: string): string {
  return migrationId.replace(/[^a-zA-Z0-9._-]+/g, '-');
}
