import { log, metricMeter } from '@temporalio/workflow';

import type { Gate } from '../src/domain/gates/gates.ts';
import type { MigrationStatus } from '../src/domain/migration/status.ts';

/**
 * Metrics and log lines of a migration, written by the worker that carries it on; nothing on a replay. docs/monitoring.md
 * has the names of the metrics (src/telemetry/metrics.ts).
 */

export function countGate(
  gate: Gate,
  event: 'opened' | 'drifted' | 'approved' | 'rejected' | 'expired',
): void {
  metricMeter.createCounter('dmsa_gates_total').add(1, { gate: gate.name, event });
  log.info(`gate ${event}`, { gate: gate.name, hash: gate.hash });
}

export function countFailedHost(host: string, code: string, reason: string): void {
  metricMeter.createCounter('dmsa_hosts_failed_total').add(1, { code });
  log.warn('host failed', { host, code, reason });
}

export function countEnd({ outcome, failure }: MigrationStatus): void {
  metricMeter.createCounter('dmsa_migrations_total').add(1, { outcome });
  log.info('ended', { outcome, code: failure?.code });
}
