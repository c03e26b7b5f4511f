import { DmsaError } from '../../domain/errors/errors.ts';
import type { KdsKeyFacts } from '../../domain/facts/domain-facts.ts';
import type { Directory } from '../directory.ts';
import { type Entry, text } from '../entry.ts';
import { fileTimeToIso } from '../file-time.ts';
import { present } from '../filters.ts';

/**
 * The KDS root keys of the forest, the earliest first, those whose time cannot be read last. They are objects of class
 * msKds-ProvRootKey under Services in the configuration partition (MS-GKDI 3.1.4.1); nothing else may be created there,
 * so the class is not asked for: a reader that may not see it would see no key at all. One search.
 */
export async function readKdsKeys(directory: Directory): Promise<KdsKeyFacts[]> {
  const keys = `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,${directory.rootDse().configurationDn}`;
  const entries = await orNone(
    directory.search(keys, {
      scope: 'one',
      filter: present('objectClass'),
      attributes: ['cn', 'msKds-UseStartTime', 'msKds-CreateTime'],
    }),
  );
  return entries.map(keyFacts).sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** When the earliest of them becomes effective; null where none has a time. */
export function earliestEffective(keys: KdsKeyFacts[]): string | null {
  return keys.find(({ effectiveAt }) => effectiveAt !== null)?.effectiveAt ?? null;
}

/** The container itself comes with the schema of Windows Server 2012. */
async function orNone(search: Promise<Entry[]>): Promise<Entry[]> {
  try {
    return await search;
  } catch (error) {
    if (error instanceof DmsaError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

function keyFacts(entry: Entry): KdsKeyFacts {
  return {
    id: text(entry, 'cn') ?? entry.dn,
    effectiveAt: fileTimeToIso(text(entry, 'msKds-UseStartTime')),
    createdAt: fileTimeToIso(text(entry, 'msKds-CreateTime')),
  };
}

/** A letter comes after every digit. */
function rank({ effectiveAt, id }: KdsKeyFacts): string {
  return `${effectiveAt ?? 'unknown'} ${id}`;
}
