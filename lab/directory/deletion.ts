import { childDn, parseDn } from '../../src/directory/dn.ts';
import { guidText } from '../../src/directory/guid.ts';
import type { Attributes, StoredEntry } from './stored-entry.ts';

/** What a deleted object keeps (MS-ADTS 3.1.1.5.5.1.1, as Samba does it); the rest and every link are gone. */
const kept = new Set(
  [
    'objectClass',
    'instanceType',
    'whenCreated',
    'uSNCreated',
    'objectGUID',
    'objectSid',
    'nTSecurityDescriptor',
    'sAMAccountName',
    'userAccountControl',
    'dNSHostName',
    'groupType',
    'systemFlags',
    'lDAPDisplayName',
    'nCName',
  ].map((name) => name.toLowerCase()),
);

/** The container of deleted objects: hidden as they are, and held in place (MS-ADTS 6.1.1.4.2). */
export const graveyard = {
  objectClass: ['container'],
  isDeleted: ['TRUE'],
  isCriticalSystemObject: ['TRUE'],
  systemFlags: ['-1946157056'],
};

export function isDeleted(entry: StoredEntry): boolean {
  return entry.attributes.get('isdeleted')?.[0]?.toString() === 'TRUE';
}

/** Where the deleted objects of a naming context are (MS-ADTS 6.1.1.4.2). */
export function deletedObjectsDn(contextDn: string): string {
  return childDn('CN', 'Deleted Objects', contextDn);
}

/** The DN of an object once it is deleted: its name, a line feed, `DEL:` and its GUID (MS-ADTS 3.1.1.5.5). */
export function tombstoneDn(entry: StoredEntry, contextDn: string): string {
  const [rdn] = parseDn(entry.dn);
  const guid = guidText(Buffer.from(entry.attributes.get('objectguid')![0]!));
  return childDn(rdn!.type, `${rdn!.value}\nDEL:${guid}`, deletedObjectsDn(contextDn));
}

/** Attributes of a deleted object whose place is another one already. */
export function tombstoneAttributes(entry: StoredEntry, parentDn: string): Attributes {
  const left = [...entry.attributes].filter(([name]) => kept.has(name));
  return new Map([
    ...left,
    ['isdeleted', ['TRUE']],
    ['isrecycled', ['TRUE']],
    ['lastknownparent', [parentDn]],
  ]);
}
