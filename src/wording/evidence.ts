import type { EvidenceName, HostEvidence } from '../domain/facts/host-evidence.ts';
import type { Verdict } from '../domain/facts/verdict.ts';

export interface EvidenceColumn {
  name: EvidenceName;
  title: string;
  /** Where all columns do not fit by their titles. */
  short: string;
  /** What a yes says. */
  meaning: string;
  /** It is left out where nothing is known of it. */
  optional?: true;
  of(evidence: HostEvidence): Verdict;
}

/** What is known of each host, in the order in which it comes about; the numbers are events of the Kerberos log. */
export const evidenceColumns: EvidenceColumn[] = [
  column('build', 'build', 'bld', 'build 26100 or later', true),
  column('policy', 'policy', 'pol', 'dMSA logons are allowed by policy'),
  column('logOn', 'log', 'log', 'the Kerberos log is on', true),
  column('restarted', 'restart', 'rst', 'its services were restarted'),
  column('healthy', 'healthy', 'ok', 'its health checks are good', true),
  column('startNameKept', 'name', 'nam', 'its services still log on as the account', true),
  column('logonRightKept', 'right', 'rgt', 'the account still has "Log on as a service"', true),
  column('discovered', '307', '307', 'the host discovered the migration'),
  column('joined', '308', '308', 'it added itself to the principals'),
  column('principal', 'principal', 'prn', 'it may retrieve the managed password, by LDAP'),
  column('keysFetched', '309', '309', 'it fetched keys of the dMSA'),
];

function column(
  name: EvidenceName,
  title: string,
  short: string,
  meaning: string,
  optional?: true,
): EvidenceColumn {
  const of = (evidence: HostEvidence) => evidence[name];
  return { name, title, short, meaning, of, ...(optional && { optional }) };
}

/** Who took a host out of the rollout, and why. */
export function wordSkip({ by, reason }: NonNullable<HostEvidence['skipped']>): string {
  return `skipped by ${by}${reason ? `: ${reason}` : ''}`;
}

/** Those that say something of one of the hosts, and those that were always shown. */
export function columnsFor(hosts: HostEvidence[]): EvidenceColumn[] {
  return evidenceColumns.filter(
    ({ optional, of }) => !optional || hosts.some((evidence) => of(evidence) !== 'unknown'),
  );
}
