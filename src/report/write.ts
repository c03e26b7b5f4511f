import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { MigrationStatus } from '../domain/status.ts';
import { renderReport } from './html.ts';

/** Writes the report of a migration to `folder`, which is made where it is missing, and returns its whole path. */
export async function writeReport(
  status: MigrationStatus,
  folder: string,
  writtenAt: Date = new Date(),
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = resolve(join(folder, reportName(status)));
  await writeFile(file, renderReport(status, writtenAt));
  return file;
}

/**
 * A file name of id and start, one for each run of each migration, that Windows takes as well: no reserved character,
 * no trailing period, not too long. An id that loses letters by that is told apart by a part of its hash.
 */
export function reportName({
  migrationId,
  startedAt,
}: Pick<MigrationStatus, 'migrationId' | 'startedAt'>): string {
  const plain = migrationId
    .replaceAll('/', '-')
    .replace(/[^a-zA-Z0-9._-]+/g, '-')
    .slice(0, 120);
  const lossless = plain === migrationId.replaceAll('/', '-');
  const mark = lossless ? '' : `-${createHash('sha256').update(migrationId).digest('hex').slice(0, 8)}`;
  const time = new Date(startedAt).toISOString().replace(/[-:.]/g, '');
  return `${plain}${mark}-${time}.html`;
}
