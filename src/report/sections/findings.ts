import type { MigrationStatus } from '../../domain/migration/status.ts';
import { type Block, marked } from '../model.ts';

export function findingBlocks({ findings }: MigrationStatus): Block[] {
  if (findings.length === 0) return [];
  const titles = ['', 'Finding', 'About', 'Seen', 'What to do'];
  const rows = findings.map(({ severity, code, subject, evidence, fix }) => ({
    cells: [marked(severity), { code }, subject, evidence, fix],
  }));
  return [{ kind: 'table', name: 'findings', titles, rows }];
}
