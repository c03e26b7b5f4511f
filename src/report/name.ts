import { createHash } from 'node:crypto';

import type { MigrationStatus } from '../domain/migration/status.ts';

/**
 * A file name, without its ending, of id and start: one for each run of each migration, that Windows takes as well: no
 * reserved character, no trailing period, not too long. An id that loses letters by that is told apart by a part of its
 * hash.
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
  return `${plain}${mark}-${time}`;
}
