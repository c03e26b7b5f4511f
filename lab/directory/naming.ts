import { parseDn } from '../../src/directory/dn.ts';
import type { StoredEntry } from './stored-entry.ts';

/** The entry with the naming attributes of its DN. */
export function named(entry: StoredEntry): StoredEntry {
  const [{ type, value }] = parseDn(entry.dn) as [{ type: string; value: string }];
  const attributes = new Map(entry.attributes).set(type.toLowerCase(), [value]).set('name', [value]);
  return { ...entry, attributes };
}
