import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorAbout } from '../domain/errors/errors.ts';
import type { JournalEntry } from '../domain/migration/journal.ts';
import type { Excerpt } from '../domain/values/excerpt.ts';
import type { OperationName } from '../powershell/wire/operations.ts';

/** What an operator has left outside Temporal, if the server and its history are lost; and what an auditor asks for. */
export interface Records {
  /** Adds one line to the journal; returns once it is written. */
  journal(migrationId: string, record: JournalRecord): Promise<void>;
  /** The same for an operation that is run in PowerShell, before and after. */
  command(migrationId: string, record: CommandRecord): Promise<void>;
  /** The same for a question to the directory, once it is answered. */
  read(migrationId: string, record: ReadRecord): Promise<void>;
}

export interface JournalRecord {
  /** ISO 8601, by Temporal's clock. */
  at: string;
  /** `about-to` before the effect, `done` after it was verified. */
  when: 'about-to' | 'done' | 'undoing' | 'undone';
  entry: JournalEntry;
}

/** Which activity did it; `task` is Temporal's id of the activity, of which a retry has the same. */
export interface Doing {
  activity: string;
  task: string;
  attempt: number;
  /** ISO 8601, by Temporal's clock. */
  at: string;
}

/** Two lines have one `id`; where the second is missing, the worker ended before the answer came. */
export type CommandRecord =
  | (Doing & {
      id: string;
      when: 'asked';
      host: string;
      operation: OperationName;
      /** What is long is an `Excerpt`. Never holds a credential: that travels beside them. */
      parameters: unknown;
    })
  | {
      id: string;
      when: 'answered';
      at: string;
      /** Null where it succeeded. */
      error: { code: string; message: string } | null;
      /** Of an operation that changes something; null for one that only reads, whose answers are not kept. */
      result: unknown;
    };

export interface ReadRecord extends Doing {
  tookMs: number;
  /** DNS name of the domain controller that answered, or was asked. */
  dc: string;
  base: string;
  scope: 'base' | 'one' | 'sub';
  filter: string | Excerpt<string>;
  attributes: string[];
  /** How many there were; null where the question failed. */
  entries: number | null;
  /** Code of the failure. */
  error: string | null;
}

/** Octets of one file beyond which no more commands or reads are added: a disk is not filled by what is tried for weeks. */
export const mostRecordOctets = 64 * 1024 * 1024;

/** Three JSON Lines files for each account in `folder`, readable by their owner alone. */
export function fileRecords(folder: string, mostOctets: number = mostRecordOctets): Records {
  const append = async (file: string, record: object) => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await appendFile(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw errorAbout('records.folder', 'RECORDS_UNWRITABLE', `${file} cannot be written (${code})`, {
        cause,
      });
    }
  };
  const appendBounded = async (file: string, record: object) => {
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size < mostOctets) await append(file, record);
  };
  return {
    journal: (id, record) => append(recordFile(folder, id, 'journal'), record),
    command: (id, record) => appendBounded(recordFile(folder, id, 'commands'), record),
    read: (id, record) => appendBounded(recordFile(folder, id, 'reads'), record),
  };
}

export function recordFile(
  folder: string,
  migrationId: string,
  kind: 'journal' | 'commands' | 'reads',
): string {
  return join(folder, `${fileName(migrationId)}.${kind}.jsonl`);
}

/** A file name that every system accepts; ids differ in what remains, as names of accounts and domains do. */
export function fileName(migrationId: string): string {
  return migrationId.replace(/[^a-zA-Z0-9._-]+/g, '-');
}
