import type { HostUses } from '../inspection/uses.ts';
import { type CsvValue, csvTable } from '../wording/escape/csv.ts';
import type { Discovery } from './discover.ts';
import type { DiscoveredHost } from './host.ts';

/** One use in the columns that all kinds share; null where a kind has none of it. */
interface UseRow {
  use: 'service' | 'task' | 'pool' | 'com-application' | 'session';
  name: string;
  account: string;
  state?: string;
  startMode?: string;
  delayedStart?: boolean;
  startedAt?: string | null;
  dependents?: string[];
  dependencies?: string[];
  recovery?: string[];
  clusterResource?: string | null;
  logonType?: number;
}

type UseCell = (host: DiscoveredHost, use: UseRow | null) => CsvValue;

/** The columns in their order, and where each comes from. */
const columns: Record<string, UseCell> = {
  host: ({ name }) => name,
  verdict: ({ verdict }) => verdict,
  uses_account: ({ usesAccount }) => usesAccount,
  error: ({ error }) => error?.code,
  error_message: ({ error }) => error?.message,
  build: ({ system }) => system?.build,
  edition: ({ system }) => system?.edition,
  domain: ({ system }) => system?.domain,
  domain_controller: ({ system }) => system?.isDomainController,
  policy: ({ system }) => system && (system.policy.value ?? 'absent'),
  policy_gpo: ({ system }) => system?.policyFrom?.gpo,
  policy_gpo_value: ({ system }) => system?.policyFrom?.value,
  event_log: ({ system }) => system?.eventLogEnabled,
  reboot_pending: ({ system }) => system?.rebootPending,
  boot_time: ({ system }) => system?.bootTime,
  clock_ahead_ms: ({ system }) => system?.clockAheadMs,
  logon_right: ({ system }) => system?.logonRight,
  unread: ({ system }) => system?.unread.map(({ part }) => part).join(' '),
  findings: ({ findings }) => [...new Set(findings.map(({ code }) => code))].join(' '),
  use: (_, use) => use?.use,
  name: (_, use) => use?.name,
  account: (_, use) => use?.account,
  state: (_, use) => use?.state,
  start_mode: (_, use) => use?.startMode,
  delayed_start: (_, use) => use?.delayedStart,
  started_at: (_, use) => use?.startedAt,
  dependents: (_, use) => use?.dependents?.join(' | '),
  dependencies: (_, use) => use?.dependencies?.join(' | '),
  recovery: (_, use) => use?.recovery?.join(' '),
  cluster_resource: (_, use) => use?.clusterResource,
  logon_type: (_, use) => use?.logonType,
};

export const discoverCsvColumns = Object.keys(columns);

/**
 * The discovery as comma-separated values, written as the audit's are. A row for each use, and one for each host
 * without any: nothing that was asked is missing from a sheet.
 */
export function discoverCsv({ hosts }: Pick<Discovery, 'hosts'>): string {
  const rows = hosts.flatMap((host) => {
    const uses = useRows(host.uses);
    return (uses.length > 0 ? uses : [null]).map((use) =>
      Object.values(columns).map((cell) => cell(host, use)),
    );
  });
  return csvTable([discoverCsvColumns, ...rows]);
}

function useRows({ services, tasks, pools, comApplications, sessions }: HostUses): UseRow[] {
  return [
    ...services.map(
      ({ startName, ...service }): UseRow => ({ ...service, use: 'service', account: startName }),
    ),
    ...tasks.map(({ path, ...task }): UseRow => ({ ...task, use: 'task', name: path })),
    ...pools.map((pool): UseRow => ({ ...pool, use: 'pool' })),
    ...comApplications.map((application): UseRow => ({ ...application, use: 'com-application' })),
    ...sessions.map(({ processes, ...session }): UseRow => {
      return { ...session, use: 'session', name: processes.join(' | ') };
    }),
  ];
}
