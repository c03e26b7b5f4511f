import { DmsaError } from '../../domain/errors/errors.ts';
import type { Directory } from '../directory.ts';
import { type ComputerFacts, readComputersNamed } from '../read/read-computers.ts';

/**
 * SIDs of computer accounts by DNS name, lower case; a name that no computer has is absent. One search for every 200
 * names, however many computers the domain has. Throws HOST_NAME_TWICE for a name that two have, as where a host was
 * joined again under another name: the wrong one's SID would be waited for among the principals.
 */
export async function findComputers(directory: Directory, names: string[]): Promise<Map<string, string>> {
  const found = new Map<string, ComputerFacts>();
  for (const computer of await readComputersNamed(directory, names)) {
    const name = computer.dnsName!;
    const other = found.get(name);
    if (other) throw twice(name, [other.dn, computer.dn].sort());
    found.set(name, computer);
  }
  return new Map([...found].map(([name, { sid }]) => [name, sid]));
}

function twice(name: string, dns: string[]): DmsaError {
  const message = `hosts: ${dns.join(' and ')} both have the DNS name ${name}`;
  return new DmsaError('HOST_NAME_TWICE', name, message);
}
