import type { Value } from '../../src/directory/entry.ts';
import { refusal } from './diagnostics.ts';
import type { EntryTable } from './entry-table.ts';
import type { StoredEntry } from './stored-entry.ts';
import { sidInDomain } from './token-groups.ts';
import { dnKey, valueKey } from './values.ts';

/** The primary group of an account, which has it as no member (MS-ADTS 3.1.1.4.5.19); null where there is none. */
function primaryGroupOf(table: EntryTable, entry: StoredEntry, domainSid: Buffer): StoredEntry | null {
  const rid = Number(entry.attributes.get('primarygroupid')?.[0] ?? 0);
  const sid = valueKey('objectSid', sidInDomain(domainSid, rid));
  return (rid && table.withValue('objectSid', sid ?? '')[0]) || null;
}

/** The groups that change with an account's own change; none for what has no primary group. Throws as swapped() does. */
export function regrouped(
  table: EntryTable,
  before: StoredEntry,
  after: StoredEntry,
  domainSid: Buffer,
): StoredEntry[] {
  if (!before.attributes.has('primarygroupid')) return [];
  const [old, next] = [before, after].map((each) => primaryGroupOf(table, each, domainSid));
  return swapped(table, before, old!, next!);
}

/**
 * The two groups once an account has another primary group: it stays a member of the old one, now by `member`, and is
 * no longer one of the new one by `member` (MS-SAMR 3.1.1.8.2). Throws LdapFailure 53 where it was no member of the new
 * one before.
 */
function swapped(
  table: EntryTable,
  account: StoredEntry,
  before: StoredEntry | null,
  after: StoredEntry | null,
): StoredEntry[] {
  if (before === after) return [];
  const members = after ? table.values(after, 'member') : [];
  const left = members.filter((dn) => dnKey(dn.toString()) !== account.key);
  if (!after || left.length === members.length) throw refusal.unwilling();
  const old = before && withMembers(before, [...table.values(before, 'member'), account.dn]);
  return [...(old ? [old] : []), withMembers(after, left)];
}

function withMembers(group: StoredEntry, members: Value[]): StoredEntry {
  const attributes = new Map(group.attributes).set('member', members);
  if (members.length === 0) attributes.delete('member');
  return { ...group, attributes, spelling: new Map(group.spelling).set('member', 'member') };
}
