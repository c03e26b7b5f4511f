import { parseDn } from '../../src/directory/dn.ts';
import type { EntryChange } from './changes.ts';
import { refusal } from './diagnostics.ts';
import type { EntryTable } from './entry-table.ts';
import type { StoredEntry } from './stored-entry.ts';

/** FLAG_DISALLOW_DELETE of systemFlags (MS-ADTS 2.2.10). */
const disallowDelete = 0x80000000;
/** RIDs below are those of accounts that every domain has. */
const firstOrdinaryRid = 1000;

/**
 * Throws LdapFailure 53 for what must not be deleted: heads of naming contexts and what systemFlags protect (MS-ADTS
 * 3.1.1.5.5.3), and 80 for built-in accounts and groups, as a Samba DC refuses those.
 */
function requireDeletable(entry: StoredEntry, isContextHead: boolean): void {
  const systemFlags = Number(entry.attributes.get('systemflags')?.[0] ?? 0);
  if (isContextHead || systemFlags & disallowDelete) throw refusal.unwilling();
  const sid = entry.attributes.get('objectsid')?.[0];
  const isPrincipal = entry.attributes.has('samaccounttype');
  if (isPrincipal && sid && Buffer.from(sid).readUInt32LE(sid.length - 4) < firstOrdinaryRid) {
    throw refusal.specialAccount();
  }
}

/** Characters that no account name has (MS-SAMR 3.1.1.6). */
const forbiddenInNames = /["/\\[\]:|<>+=;?,*]/;
/** What an account or group cannot be without; the SAM refuses before the schema does. */
const held = ['samaccountname', 'useraccountcontrol', 'grouptype'];

/** Throws LdapFailure as the SAM refuses changes of accounts and groups (MS-SAMR 3.1.1.6, 3.1.1.8). */
export function requireSamAgrees(before: StoredEntry, after: StoredEntry): void {
  for (const name of held) {
    if (before.attributes.has(name) && !after.attributes.has(name)) throw refusal.unwilling();
  }
  const name = after.attributes.get('samaccountname')?.[0]?.toString() ?? '';
  if (forbiddenInNames.test(name)) throw refusal.constraint('sAMAccountName');
  const was = Number(before.attributes.get('grouptype')?.[0] ?? 0);
  const is = Number(after.attributes.get('grouptype')?.[0] ?? 0);
  // From domain local to global there is no way but by universal (MS-SAMR 3.1.1.8.9).
  if (was & 0x4 && is & 0x2) throw refusal.unwilling();
}

/** Names and classes are not for a modify (MS-ADTS 3.1.1.5.3.2), and a modify of nothing is none. Throws LdapFailure. */
export function requireModifiable(entry: StoredEntry, changes: EntryChange[]): void {
  if (changes.length === 0) throw refusal.unwilling();
  const naming = ['name', 'distinguishedname', parseDn(entry.dn)[0]!.type.toLowerCase()];
  const names = changes.map((change) => change.attribute.toLowerCase());
  if (names.some((name) => naming.includes(name))) throw refusal.namingAttribute();
  if (names.includes('objectclass')) throw refusal.classViolation();
}

/** Throws LdapFailure 66 for what has something below it, and what requireDeletable() throws. */
export function requireRemovable(table: EntryTable, entry: StoredEntry, isHead: boolean): void {
  requireDeletable(entry, isHead);
  if (table.children(entry.key).length > 0 && !isHead) throw refusal.hasChildren();
}
