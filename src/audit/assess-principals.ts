import { type Finding, finding } from '../domain/findings.ts';
import type { AuditedDmsa, AuditedPrincipal } from './facts.ts';
import { isTo, type RecordedMigration } from './records.ts';

/**
 * Who may retrieve the managed password and should not. Of a dMSA that we migrated to, every computer that was no host
 * of ours; of any dMSA, users, groups that everybody is in, and SIDs of nobody or of another forest. The computers of a
 * dMSA that we know nothing of may all be right.
 */
export function principalFindings(dmsa: AuditedDmsa, records: RecordedMigration[]): Finding[] {
  if (dmsa.malformed !== null) {
    const evidence = `msDS-GroupMSAMembership cannot be read: ${dmsa.malformed}`;
    return [finding('PRINCIPAL_UNKNOWN', dmsa.dn, evidence)];
  }
  const ours = records.filter((each) => each.linkedAt !== null && isTo(each, dmsa));
  const hosts = ours.length > 0 ? new Set(ours.flatMap((each) => each.hosts)) : null;
  return dmsa.principals.flatMap((principal) => {
    const why = strangeness(principal, hosts);
    return why === null ? [] : [finding('PRINCIPAL_UNKNOWN', principal.sid, `of ${dmsa.dn}: ${why}`)];
  });
}

function strangeness({ kind, name, host }: AuditedPrincipal, hosts: Set<string> | null): string | null {
  switch (kind) {
    case 'computer':
      if (hosts === null || (host !== null && hosts.has(host))) return null;
      return `${name ?? host} is no host that we prepared`;
    case 'user':
      return `${name} is a user`;
    case 'wide group':
      return `${name} is a group that nobody joins by hand`;
    case 'foreign':
      return `${name ?? 'it'} is of another forest`;
    case 'orphaned':
      return 'the SID does not resolve';
    case 'group':
      return null;
  }
}
