import { Resolver } from 'node:dns/promises';

/** Time for a name server to answer, and tries: nobody waits long for a suggestion. */
const dnsTimeoutMs = 1_500;
const dnsTries = 2;

/**
 * Domain controllers of a domain, lower case, the one to try first first: from the records that each DC registers for
 * itself (MS-ADTS 6.3.2.3, RFC 2782). Empty where the resolver knows none, or does not answer. `servers` are name
 * servers as `address:port`; the system's where absent.
 */
export async function findControllers(domain: string, servers?: string[]): Promise<string[]> {
  const resolver = new Resolver({ timeout: dnsTimeoutMs, tries: dnsTries });
  if (servers) resolver.setServers(servers);
  const records = await resolver.resolveSrv(`_ldap._tcp.dc._msdcs.${domain}`).catch(() => []);
  const sorted = records.sort(
    (a, b) => a.priority - b.priority || b.weight - a.weight || (a.name < b.name ? -1 : 1),
  );
  return [...new Set(sorted.map(({ name }) => name.toLowerCase().replace(/\.$/, '')))];
}
