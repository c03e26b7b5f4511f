import { DmsaError } from '../../domain/errors/errors.ts';
import { batches } from '../../domain/plan/plan.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { type Entry, sidOf, text } from '../entry.ts';
import { anyOf } from '../filters.ts';

/** An OR filter of this many names stays well under what small DCs accept. */
const namesPerSearch = 200;

/**
 * SIDs of computer accounts by DNS name, lower case; a name that no computer has is absent. One search for every 200
 * names, however many computers the domain has. Throws HOST_NAME_TWICE for a name that two have, as where a host was joined
 * again under another name: the wrong one's SID would be waited for among the principals.
 */
export async function findComputers(directory: Directory, names: string[]): Promise<Map<string, string>> {
  const found = new Map<string, Entry>();
  for (const some of batches(names, namesPerSearch)) {
    const attributes = ['dNSHostName', 'objectSid'];
    const entries = await searchDomain(directory, anyOf.text('dNSHostName', some), attributes);
    for (const entry of entries) {
      const name = (text(entry, 'dNSHostName') ?? '').toLowerCase();
      const other = found.get(name);
      if (other && other.dn !== entry.dn) throw twice(name, [other.dn, entry.dn].sort());
      found.set(name, entry);
    }
  }
  return new Map([...found].map(([name, entry]) => [name, sidOf(entry, 'objectSid')]));
}

function twice(name: string, dns: string[]): DmsaError {
  const message = `hosts: ${dns.join(' and ')} both have the DNS name ${name}`;
  return new DmsaError('HOST_NAME_TWICE', name, message);
}
