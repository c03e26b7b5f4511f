import { childDn, parseDn } from '../../src/directory/dn.ts';
import { refusal } from './diagnostics.ts';
import type { EntryTable } from './entry-table.ts';
import type { StoredEntry } from './stored-entry.ts';
import { rdnTypeOf, requireSuperior } from './superiors.ts';
import { dnKey } from './values.ts';

/** A Modify DN request (RFC 4511 4.9). */
export interface Rename {
  newRdn: string;
  deleteOldRdn: boolean;
  /** Null where the object stays below its parent. */
  newSuperior: string | null;
}

/** Bits of systemFlags that let an object be renamed or moved, or do not (MS-ADTS 2.2.10). */
const flags = {
  configurationAllowMove: 0x20000000,
  configurationAllowRename: 0x40000000,
  domainDisallowMove: 0x04000000,
  domainDisallowRename: 0x08000000,
};

export type ContextKind = 'domain' | 'configuration' | 'schema';

export interface RenameContext {
  table: EntryTable;
  /** Naming context of a key; undefined where this DC has none of it. */
  contextOf(key: string): string | undefined;
  kindOf(context: string | undefined): ContextKind;
}

/** What must hold before anything is looked up. Throws LdapFailure 2, 34, 53 or 64. */
export function newName({ newRdn, deleteOldRdn }: Rename): { type: string; value: string } {
  if (newRdn === '') throw refusal.emptyName();
  dnKey(newRdn);
  const [name, ...more] = parseDn(newRdn);
  if (!name || more.length > 0 || name.value === '') throw refusal.badRdn(newRdn);
  if (!deleteOldRdn) throw refusal.unwilling();
  return name;
}

/**
 * The DN that the object gets. Throws LdapFailure as MS-ADTS 3.1.1.5.4.1.2 has it: 80 where there is no such parent, 53
 * for another naming context, a place below itself, the head of a context and what systemFlags hold in place, 64 where
 * no such object may be, 68 where something is there.
 */
export function renamedDn(
  entry: StoredEntry,
  superior: StoredEntry,
  name: { type: string; value: string },
  context: RenameContext,
): string {
  const own = context.contextOf(entry.key);
  if (entry.key === own || context.contextOf(superior.key) !== own) throw refusal.unwilling();
  if (superior.key === entry.key || superior.key.endsWith(`,${entry.key}`)) throw refusal.unwilling();
  const classes = (entry.attributes.get('objectclass') ?? []).map(String);
  if (name.type.toLowerCase() !== rdnTypeOf(classes)) throw refusal.unwilling();
  const dn = childDn(name.type.toUpperCase(), name.value, superior.dn);
  const isMove = superior.key !== entry.parent;
  const isRename = parseDn(entry.dn)[0]!.value !== name.value;
  requireMovable(entry, context.kindOf(own), { isMove, isRename });
  if (isMove) requireSuperior(classes, superior);
  const there = context.table.get(dnKey(dn));
  if (there && there !== entry) throw refusal.entryExists();
  return dn;
}

function requireMovable(
  entry: StoredEntry,
  kind: ContextKind,
  { isMove, isRename }: { isMove: boolean; isRename: boolean },
): void {
  const systemFlags = Number(entry.attributes.get('systemflags')?.[0] ?? 0);
  const isHeld = {
    domain:
      (isMove && systemFlags & flags.domainDisallowMove) ||
      (isRename && systemFlags & flags.domainDisallowRename),
    configuration:
      (isMove && !(systemFlags & flags.configurationAllowMove)) ||
      (isRename && !(systemFlags & flags.configurationAllowRename)),
    schema: true,
  }[kind];
  if (isHeld) throw refusal.unwilling();
}
