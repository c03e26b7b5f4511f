import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readNamedFile, unreadable } from '../config/files.ts';
import { sameDn } from '../directory/dn.ts';
import type { JournalRecord } from '../records/records.ts';

/** Record of one migration in our own journals: the account and dMSA that we linked, and whether that still holds. */
export interface RecordedMigration {
  accountGuid: string | null;
  /** As it was then. */
  accountDn: string | null;
  dmsaGuid: string | null;
  /** As it was when the migration was planned. */
  dmsaDn: string;
  /** ISO 8601: when the link was verified; null where it never was, or was undone. */
  linkedAt: string | null;
  /** ISO 8601: when the completion was verified; null as above. */
  completedAt: string | null;
  /** DNS names, lower case, of the hosts that it prepared. */
  hosts: string[];
}

const suffix = '.journal.jsonl';

/**
 * Reads the journals in `folder`. One without any, or that is not there, has recorded nothing. A line that is no
 * record, as the last one of a crash, is passed over. Throws FILE_UNREADABLE.
 */
export async function readRecords(folder: string): Promise<RecordedMigration[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    return unreadable('records.folder', folder, cause);
  });
  const migrations: RecordedMigration[] = [];
  for (const name of names.filter((each) => each.endsWith(suffix)).sort()) {
    const content = await readNamedFile('records.folder', join(folder, name));
    migrations.push(...recordedMigrations(content.split('\n').flatMap(parsed)));
  }
  return migrations;
}

/** One journal holds every migration of one account, one after the other: they differ in the dMSA, or in the time. */
function recordedMigrations(records: JournalRecord[]): RecordedMigration[] {
  const byDmsa = new Map<string, RecordedMigration>();
  const hosts = new Set<string>();
  for (const { at, when, entry } of records) {
    if (entry.step === 'prepare-host') hosts.add(entry.target.toLowerCase());
    if (entry.step !== 'link' && entry.step !== 'complete') continue;
    const { account, dmsa } = entry.beforeImage;
    const migration = byDmsa.get(entry.target) ?? { ...nothing, dmsaDn: entry.target };
    byDmsa.set(entry.target, migration);
    migration.accountGuid = account?.guid ?? migration.accountGuid;
    migration.accountDn = account?.dn ?? migration.accountDn;
    migration.dmsaGuid = dmsa?.guid ?? migration.dmsaGuid;
    const verifiedAt = when === 'done' ? at : when === 'undone' ? null : undefined;
    if (verifiedAt === undefined) continue;
    if (entry.step === 'link') migration.linkedAt = verifiedAt;
    else migration.completedAt = verifiedAt;
  }
  return [...byDmsa.values()].map((migration) => ({ ...migration, hosts: [...hosts].sort() }));
}

const nothing: Omit<RecordedMigration, 'dmsaDn'> = {
  accountGuid: null,
  accountDn: null,
  dmsaGuid: null,
  linkedAt: null,
  completedAt: null,
  hosts: [],
};

/** True if a recorded migration is one to this dMSA, which may have been moved since. */
export function isTo(recorded: RecordedMigration, dmsa: { guid: string; dn: string }): boolean {
  return recorded.dmsaGuid === null ? sameDn(recorded.dmsaDn, dmsa.dn) : recorded.dmsaGuid === dmsa.guid;
}

/** The hosts that we prepared for this dMSA; null where we have linked nothing to it. */
export function hostsFor(dmsa: { guid: string; dn: string }, records: RecordedMigration[]): string[] | null {
  const ours = records.filter((each) => each.linkedAt !== null && isTo(each, dmsa));
  return ours.length > 0 ? ours.flatMap(({ hosts }) => hosts) : null;
}

function parsed(line: string): JournalRecord[] {
  try {
    const record = JSON.parse(line);
    return typeof record?.at === 'string' && typeof record.entry?.target === 'string' ? [record] : [];
  } catch {
    return [];
  }
}
