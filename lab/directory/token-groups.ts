import type { EntryTable } from './entry-table.ts';
import type { StoredEntry } from './stored-entry.ts';
import { dnKey, valueKey } from './values.ts';

/**
 * tokenGroups of a security principal (MS-ADTS 3.1.1.4.5.19): SIDs of the security groups that it is in, through any
 * number of others and by its primary group. Distribution groups (groupType without 0x80000000) count for nothing.
 * Empty for a group, as a Samba DC has it, and for what has no SID.
 */
export function tokenGroups(table: EntryTable, entry: StoredEntry, domainSid: Buffer): Buffer[] {
  const primaryRid = Number(entry.attributes.get('primarygroupid')?.[0] ?? 0);
  if (primaryRid === 0 || !entry.attributes.has('objectsid')) return [];
  const primarySid = sidInDomain(domainSid, primaryRid);
  const primary = table.withValue('objectSid', valueKey('objectSid', primarySid)!)[0];
  const found = new Map<string, StoredEntry>();
  const waiting = [entry, ...(primary ? [primary] : [])];
  if (primary) found.set(primary.key, primary);
  for (const each of waiting) {
    for (const dn of table.values(each, 'memberOf')) {
      const group = table.get(dnKey(dn.toString()));
      if (!group || found.has(group.key) || !isSecurityGroup(group)) continue;
      found.set(group.key, group);
      waiting.push(group);
    }
  }
  return [...found.values()].flatMap(({ attributes }) => attributes.get('objectsid') ?? []).map(Buffer.from);
}

function isSecurityGroup({ attributes }: StoredEntry): boolean {
  return (Number(attributes.get('grouptype')?.[0] ?? 0) & 0x80000000) !== 0;
}

/** The domain's SID with one more subauthority (MS-DTYP 2.4.2.2). */
export function sidInDomain(domainSid: Buffer, rid: number): Buffer {
  const sid = Buffer.concat([domainSid, Buffer.alloc(4)]);
  sid.writeUInt8(domainSid.readUInt8(1) + 1, 1);
  sid.writeUInt32LE(rid, domainSid.length);
  return sid;
}
