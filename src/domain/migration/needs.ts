import { decide } from '../gates/gates.ts';
import type { MigrationStatus } from './status.ts';

/**
 * Needs for a person: votes (`overdue` if the gate has expired), a compensation or a host that failed, or a principal to
 * allow.
 */
export const needs = ['none', 'approval', 'overdue', 'operator', 'host', 'principal'] as const;

export type Needs = (typeof needs)[number];

/** Decides what lists show and filter by. */
export function needsOf({ outcome, gates, failedHosts, waitingFor }: MigrationStatus): Needs {
  if (outcome === 'needs-operator') return 'operator';
  if (outcome !== 'running') return 'none';
  const open = gates.find((gate) => gate.decision === 'open');
  if (open && decide(open) === 'open') return open.overdue ? 'overdue' : 'approval';
  if (failedHosts.length > 0) return 'host';
  return waitingFor?.kind === 'strangers' ? 'principal' : 'none';
}
