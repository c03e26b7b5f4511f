import type { Directory } from '../directory/directory.ts';
import { findComputers } from '../directory/names/find-computers.ts';
import { principalFacts } from '../directory/principals/principal-facts.ts';
import { named, readKnownSids } from '../directory/principals/read-principals.ts';
import { domainOf } from '../directory/security/well-known-sids.ts';
import type { Principal } from '../domain/facts/facts.ts';
import type { AuditedDmsa } from './facts.ts';
import { hostsFor, type RecordedMigration } from './records.ts';

/** The SIDs that a descriptor lets in. A malformed one is told, and stops nothing else. */
export function principalsIn(descriptor: Buffer | null): {
  principals: Principal[];
  malformed: string | null;
} {
  try {
    return { principals: principalFacts(descriptor).principals, malformed: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { principals: [], malformed: error.message };
  }
}

/**
 * The dMSAs with their principals named, groups followed to their members, and the hosts that we prepared for them.
 * As many searches for all of them together as for one: see readKnownSids and findComputers.
 */
export async function withPrincipals(
  directory: Directory,
  dmsas: AuditedDmsa[],
  records: RecordedMigration[],
): Promise<AuditedDmsa[]> {
  const sids = dmsas.flatMap(({ principals }) => principals.map(({ sid }) => sid));
  const known = await readKnownSids(directory, sids, domainOf(dmsas[0]?.sid ?? ''));
  const hosts = dmsas.map((dmsa) => hostsFor(dmsa, records));
  const computers = await findComputers(directory, [...new Set(hosts.flatMap((names) => names ?? []))]);
  return dmsas.map((dmsa, index) => {
    const ours = hosts[index]?.flatMap((name) => computers.get(name) ?? []) ?? null;
    return {
      ...dmsa,
      ourHosts: ours,
      principals: dmsa.principals.map((principal) => named(principal, known, ours ?? [])),
    };
  });
}
