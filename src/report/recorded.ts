import { readFile } from 'node:fs/promises';

import { unreadable } from '../config/files.ts';
import { type OperationName, operations } from '../powershell/wire/operations.ts';
import {
  type CommandRecord,
  type Doing,
  mostRecordOctets,
  type ReadRecord,
  recordFile,
} from '../records/records.ts';

/** Commands and reads of the worker for one migration, oldest first. */
export interface Recorded {
  commands: Command[];
  reads: ReadRecord[];
  /** How many older ones are not in these lists. */
  leftOut: { commands: number; reads: number };
  /** Whether the file reached its limit, so that later ones are missing. */
  full: { commands: boolean; reads: boolean };
}

export interface Command extends Doing {
  host: string;
  operation: OperationName;
  /** False for an operation that only reads. */
  changes: boolean;
  parameters: unknown;
  /** `unknown`: no answer was written down, as where the worker ended before it came. */
  outcome: 'ok' | 'failed' | 'unknown';
  tookMs: number | null;
  error: { code: string; message: string } | null;
  /** Answer of an operation that changes something; null for one that only reads. */
  result: unknown;
}

/** Most members of each list: a report is read by people and kept in one piece. */
const most = 20_000;

/**
 * Reads the records in `folder` of the migration that began at `since` (ISO 8601): an account that is migrated again has
 * the earlier ones in the same files. Null where there is no record of it at all. Lines that are no record, as the last
 * one of a crash, are passed over. Throws FILE_UNREADABLE.
 */
export async function readRecorded(
  folder: string,
  migrationId: string,
  since: string,
  mostOctets: number = mostRecordOctets,
): Promise<Recorded | null> {
  const [commandLines, readLines] = await Promise.all([
    linesOf<CommandRecord>(recordFile(folder, migrationId, 'commands'), since),
    linesOf<ReadRecord>(recordFile(folder, migrationId, 'reads'), since),
  ]);
  if (!commandLines && !readLines) return null;
  const commands = commandsOf(commandLines?.records ?? []);
  const reads = (readLines?.records ?? []).filter(isRead).sort((a, b) => (a.at < b.at ? -1 : 1));
  if (commands.length + reads.length === 0) return null;
  return {
    commands: commands.slice(-most),
    reads: reads.slice(-most),
    leftOut: {
      commands: Math.max(0, commands.length - most),
      reads: Math.max(0, reads.length - most),
    },
    full: {
      commands: (commandLines?.octets ?? 0) >= mostOctets,
      reads: (readLines?.octets ?? 0) >= mostOctets,
    },
  };
}

function commandsOf(records: CommandRecord[]): Command[] {
  const answers = new Map(records.flatMap((each) => (each.when === 'answered' ? [[each.id, each]] : [])));
  return records
    .flatMap((each) => {
      if (each.when !== 'asked' || !Object.hasOwn(operations, each.operation)) return [];
      const { id, when: _, ...asked } = each;
      const answer = answers.get(id);
      const command: Command = {
        ...asked,
        changes: operations[asked.operation].changes,
        outcome: answer ? (answer.error ? 'failed' : 'ok') : 'unknown',
        tookMs: answer ? Math.max(0, Date.parse(answer.at) - Date.parse(asked.at)) : null,
        error: answer?.error ?? null,
        result: answer?.result ?? null,
      };
      return [command];
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Null where there is no such file. */
async function linesOf<T extends { at: string }>(
  file: string,
  since: string,
): Promise<{ records: T[]; octets: number } | null> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    return unreadable('records.folder', file, cause);
  });
  if (text === null) return null;
  return {
    records: text.split('\n').flatMap((line) => parsed<T>(line, since)),
    octets: Buffer.byteLength(text),
  };
}

function parsed<T extends { at: string }>(line: string, since: string): T[] {
  try {
    const record = JSON.parse(line);
    const isIn = typeof record?.at === 'string' && Date.parse(record.at) >= Date.parse(since);
    return isIn ? [record] : [];
  } catch {
    return [];
  }
}

function isRead({ dc, base, filter, attributes }: ReadRecord): boolean {
  const isFilter = typeof filter === 'string' || typeof filter?.sha256 === 'string';
  return [dc, base].every((each) => typeof each === 'string') && isFilter && Array.isArray(attributes);
}
