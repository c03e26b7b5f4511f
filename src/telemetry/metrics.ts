import type { MetricsExporterConfig } from '@temporalio/worker';

export interface MetricKind {
  kind: 'counter' | 'histogram';
  labels: string[];
  meaning: string;
}

/**
 * Every metric of our own; the same table is in docs/monitoring.md, held equal by a test. Temporal's are beside them,
 * under names that begin with `temporal_`. Labels have few values: no host, no account, no migration.
 */
export const metricKinds = {
  dmsa_migrations_total: {
    kind: 'counter',
    labels: ['outcome'],
    meaning: 'Migrations that ended: `completed`, `undone` or `refused`.',
  },
  dmsa_gates_total: {
    kind: 'counter',
    labels: ['gate', 'event'],
    meaning: 'What happened at gates: `opened`, `drifted`, `approved`, `rejected`, `expired`.',
  },
  dmsa_votes_total: {
    kind: 'counter',
    labels: ['verdict'],
    meaning: 'Votes that were verified: `approve` and `reject` where they count, else why they do not.',
  },
  dmsa_hosts_failed_total: {
    kind: 'counter',
    labels: ['code'],
    meaning: 'Hosts whose restart, reboot or health failed, by error code.',
  },
  dmsa_commands_total: {
    kind: 'counter',
    labels: ['operation', 'result'],
    meaning: 'Operations that were run on hosts: `ok`, or the error code.',
  },
  dmsa_command_duration_seconds: {
    kind: 'histogram',
    labels: ['operation'],
    meaning: 'How long they took, with the wait for a session.',
  },
  dmsa_ldap_reads_total: {
    kind: 'counter',
    labels: ['operation', 'result'],
    meaning: 'Connections (`connect`), reads and searches of the directory: `ok`, or the error code.',
  },
  dmsa_activities_total: {
    kind: 'counter',
    labels: ['activity', 'result'],
    meaning: 'Attempts of activities: `ok`, or the error code; `NOT_DUE` is a wait that goes on.',
  },
  dmsa_notifications_total: {
    kind: 'counter',
    labels: ['kind', 'result'],
    meaning: 'Attempts to tell a webhook: `ok`, or the error code.',
  },
} as const satisfies Record<string, MetricKind>;

export type MetricName = keyof typeof metricKinds;

/** Seconds: a cmdlet answers in some, a reboot takes half an hour at the most. */
const durations = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800];

/** For `Runtime.install`: where `bindAddress` (`HOST:PORT`) is asked for `/metrics`, all of them are answered. */
export function prometheus(bindAddress: string): MetricsExporterConfig {
  return {
    prometheus: {
      bindAddress,
      histogramBucketOverrides: { dmsa_command_duration_seconds: durations },
    },
  };
}
