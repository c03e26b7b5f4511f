import type { MigrationStatus } from '../domain/migration/status.ts';

const outcomes: Record<MigrationStatus['outcome'], string> = {
  running: 'Running',
  completed: 'Completed and verified',
  undone: 'Undone: everything is as it was before',
  refused: 'Refused: nothing was changed',
  'needs-operator': 'Needs an operator',
};

/** Words how a migration ended, or that it runs. */
export function wordOutcome(outcome: MigrationStatus['outcome']): string {
  return outcomes[outcome];
}
