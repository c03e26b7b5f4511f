import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { MigrationStatus } from '../domain/migration/status.ts';
import { isRecord } from '../domain/values/record.ts';
import { wordHostProgress } from '../wording/host-progress.ts';
import { decodeFirst } from './decode.ts';

/** Status with the progress that activities of many hosts report by heartbeat. */
export interface LiveStatus extends MigrationStatus {
  /** Latest progress of each host, if it is known. */
  progress: Record<string, string>;
  /** True if nothing will change any more. */
  ended: boolean;
}

export interface HostProgress {
  activity: string;
  host: string;
  status: string;
}

interface PendingActivity {
  activityType?: { name?: string | null } | null;
  heartbeatDetails?: { payloads?: Payload[] | null } | null;
}

/** Reads the progress of each host from heartbeats of pending activities, shaped `{ hosts: { name: { status } } }`. */
export async function hostProgress(client: Client, pending: PendingActivity[]): Promise<HostProgress[]> {
  const all = await Promise.all(
    pending.map(async ({ activityType, heartbeatDetails }) =>
      hostsOf(await decodeFirst(client, heartbeatDetails?.payloads), activityType?.name ?? ''),
    ),
  );
  return all.flat();
}

function hostsOf(details: unknown, activity: string): HostProgress[] {
  if (!isRecord(details) || !isRecord(details.hosts)) return [];
  return Object.entries(details.hosts).flatMap(([host, outcome]) =>
    isRecord(outcome) && typeof outcome.status === 'string'
      ? [{ activity, host, status: outcome.status }]
      : [],
  );
}

/** Adds progress to a status. A workflow that was ended by hand undoes nothing, so its status needs an operator. */
export function withProgress(
  status: MigrationStatus,
  progress: HostProgress[],
  workflow: string,
): LiveStatus {
  const hostsDone = (activity: string) =>
    new Set(
      progress.filter((each) => each.activity === activity && each.status === 'done').map(({ host }) => host),
    );
  const restarted = hostsDone('restartServices');
  const prepared = hostsDone('prepareHosts');
  const live: LiveStatus = {
    ...status,
    hosts: status.hosts.map((evidence) => ({
      ...evidence,
      restarted: restarted.has(evidence.host) ? 'yes' : evidence.restarted,
      policy: prepared.has(evidence.host) ? 'yes' : evidence.policy,
    })),
    progress: Object.fromEntries(
      progress.map(({ activity, host, status }) => [host, wordHostProgress(activity, status)]),
    ),
    ended: workflow !== 'RUNNING' && workflow !== 'PAUSED' && workflow !== 'CONTINUED_AS_NEW',
  };
  if (!live.ended || workflow === 'COMPLETED') return live;
  const message = `the workflow was ended from outside (${workflow.toLowerCase()}): nothing has been undone (dmsa resume --adopt goes on with it)`;
  return {
    ...live,
    outcome: 'needs-operator',
    waitingFor: null,
    failure: { code: 'MIGRATION_STOPPED', message },
  };
}
