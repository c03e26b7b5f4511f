import { batches } from '../domain/plan.ts';
import type { Directory } from './directory.ts';
import { sidOf, text } from './entry.ts';
import { anyOf } from './filters.ts';

/** An OR filter of this many names stays well under what small DCs accept. */
const namesPerSearch = 200;

/**
 * SIDs of computer accounts by DNS name, lower case; a name that no computer has is absent. One search for every 200
 * names, however many computers the domain has.
 */
export async function findComputers(directory: Directory, names: string[]): Promise<Map<string, string>> {
  const sids = new Map<string, string>();
  for (const some of batches(names, namesPerSearch)) {
    const entries = await directory.search(directory.baseDn, {
      scope: 'sub',
      filter: anyOf.text('dNSHostName', some),
      attributes: ['dNSHostName', 'objectSid'],
    });
    for (const entry of entries) {
      sids.set((text(entry, 'dNSHostName') ?? '').toLowerCase(), sidOf(entry, 'objectSid'));
    }
  }
  return sids;
}
