import type { EvidenceName, HostEvidence } from '../domain/facts/host-evidence.ts';
import type { Verdict } from '../domain/facts/verdict.ts';
import { wordSender } from './signal.ts';

export interface EvidenceColumn {
  name: EvidenceName;
  title: string;
  /** Title where the long ones do not fit. */
  short: string;
  /** Meaning of a yes. */
  meaning: string;
  /** True if the column is left out where nothing is known. */
  optional?: true;
  of(evidence: HostEvidence): Verdict;
}

/** Columns of the evidence of a host, in the order in which it comes about; numbers are events of the Kerberos log. */
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

/** Words who took a host out of the rollout, and why. */
export function wordSkip(skip: NonNullable<HostEvidence['skipped']>): string {
  const { reason } = skip;
  return `skipped by ${wordSender(skip)}${reason ? `: ${reason}` : ''}`;
}

/** Columns to show for these hosts: optional ones only if they say something. */
export function columnsFor(hosts: HostEvidence[]): EvidenceColumn[] {
  return evidenceColumns.filter(
    ({ optional, of }) => !optional || hosts.some((evidence) => of(evidence) !== 'unknown'),
  );
}
