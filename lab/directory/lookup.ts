import type { Contexts } from './contexts.ts';
import { parentKey } from './creation.ts';
import { namingContexts, referralFor } from './crossrefs.ts';
import { isDeleted } from './deletion.ts';
import { refusal } from './diagnostics.ts';
import type { EntryTable } from './entry-table.ts';
import { keyOfName } from './object-names.ts';
import type { StoredEntry } from './stored-entry.ts';

/** Throws LdapFailure 10 for what is in no context of this DC, 32 for what is not there. */
export function required(table: EntryTable, contexts: Contexts, dn: string): StoredEntry {
  const key = keyOfName(table, dn);
  const entry = key === null ? undefined : table.get(key);
  if (entry) return entry;
  if (key === null) throw refusal.noObject('');
  const elsewhere = referralFor(namingContexts(table, contexts.configurationDn), contexts.keys, dn);
  if (elsewhere) throw refusal.referral(elsewhere.host, elsewhere.url);
  throw refusal.noObject(bestMatch(table, dn));
}

/** What is deleted cannot be changed (MS-ADTS 3.1.1.5.3.2): it could only be brought back. Throws LdapFailure 53. */
export function requiredLive(table: EntryTable, contexts: Contexts, dn: string): StoredEntry {
  const entry = required(table, contexts, dn);
  if (isDeleted(entry)) throw refusal.unwilling();
  return entry;
}

/** The nearest ancestor that exists, which AD's text names. */
export function bestMatch(table: EntryTable, dn: string): string {
  for (let key = parentKey(dn); key !== ''; key = parentKey(key)) {
    const entry = table.get(key);
    if (entry) return entry.dn;
  }
  return '';
}
