import { sidOctets } from '../../src/directory/sid.ts';
import { refusal } from './diagnostics.ts';
import type { EntryTable } from './entry-table.ts';
import { dnKey, valueKey } from './values.ts';

/**
 * The key of what a request names: by its DN, or by `<GUID=…>` or `<SID=…>` as text or in hexadecimal (MS-ADTS
 * 3.1.1.3.1.2.4). Null where nothing has that GUID or SID. Throws LdapFailure 34 for what is no name.
 */
export function keyOfName(table: EntryTable, name: string): string | null {
  const [, kind, value] = /^<(GUID|SID)=([^>]*)>$/i.exec(name) ?? [];
  if (kind === undefined || value === undefined) return dnKey(name);
  const attribute = kind.toUpperCase() === 'GUID' ? 'objectGUID' : 'objectSid';
  const key = valueKey(attribute, octetsOf(attribute, value) ?? badName(name));
  return table.withValue(attribute, key ?? '')[0]?.key ?? null;
}

/** As octets, or as the text of a GUID, which valueKey() reads; null for neither. */
function octetsOf(attribute: string, value: string): Buffer | null {
  if (attribute === 'objectGUID') {
    if (/^[0-9a-f]{32}$/i.test(value)) return Buffer.from(value, 'hex');
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? Buffer.from(value) : null;
  }
  if (/^([0-9a-f]{2}){8,}$/i.test(value)) return Buffer.from(value, 'hex');
  try {
    return sidOctets(value);
  } catch {
    return null;
  }
}

function badName(name: string): never {
  throw refusal.badName(name);
}
