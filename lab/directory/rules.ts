import type { Value } from '../../src/directory/entry.ts';
import { attribute, dmsaClass } from '../../src/directory/schema.ts';
import { definitionOf } from './attributes.ts';
import { isDeleted } from './deletion.ts';
import { refusal } from './diagnostics.ts';
import type { EntryTable } from './entry-table.ts';
import type { StoredEntry } from './stored-entry.ts';
import { isAllowed } from './superiors.ts';
import { dnKey, valueKey } from './values.ts';

/** What the rules need to know besides the entry. */
export interface RuleContext {
  table: EntryTable;
  /** Whether the schema has the attribute. */
  hasAttribute(name: string): boolean;
  /** Whether the DN is one of another domain of the forest: such an object is a phantom here (MS-ADTS 3.1.1.1.6). */
  isElsewhere(key: string): boolean;
}

/** Attributes whose values nobody else may have: what LDAP result and text AD refuses them with. */
const unique = {
  sAMAccountName: refusal.accountExists,
  servicePrincipalName: refusal.spnNotUnique,
  userPrincipalName: refusal.upnNotUnique,
};

/** Checks an entry about to be written, and gives DN values the spelling of their targets. Throws LdapFailure. */
export function checkEntry(entry: StoredEntry, context: RuleContext): void {
  const classes = (entry.attributes.get('objectclass') ?? []).map(String);
  for (const [name, values] of entry.attributes) {
    if (!context.hasAttribute(name)) throw refusal.unknownType();
    if (!isAllowed(name, classes)) throw refusal.notOfClass();
    if (definitionOf(name).syntax === 'dn') entry.attributes.set(name, targets(name, values, entry, context));
  }
  if (classes.includes(dmsaClass)) requireValues(entry, [attribute.dmsaState, attribute.passwordInterval]);
  for (const [name, refuse] of Object.entries(unique)) {
    if (isTaken(entry, name, context.table)) throw refuse();
  }
}

/** A DN value must name an object (MS-ADTS 3.1.1.1.6); it is kept as that object's own DN. */
function targets(
  name: string,
  values: Value[],
  entry: StoredEntry,
  { table, isElsewhere }: RuleContext,
): Value[] {
  return values.map((value) => {
    const key = dnKey(value.toString());
    const target = key === entry.key ? entry : table.get(key);
    if (!target && isElsewhere(key)) return value;
    // Most of the schema is not in the lab, so no object need be there that a category names.
    if (!target && name === 'objectcategory') return value;
    if (!target || isDeleted(target))
      throw name === 'member' ? refusal.noMemberObject() : refusal.noSuchTarget(name);
    return target.dn;
  });
}

/** mustContain of msDS-DelegatedManagedServiceAccount [schema]. */
function requireValues(entry: StoredEntry, names: string[]): void {
  if (names.some((name) => !entry.attributes.has(name.toLowerCase()))) throw refusal.classViolation();
}

/** Values of deleted objects are free again. */
function isTaken(entry: StoredEntry, name: string, table: EntryTable): boolean {
  const holders = (entry.attributes.get(name.toLowerCase()) ?? []).flatMap((value) =>
    table.withValue(name, valueKey(name, value) ?? ''),
  );
  return holders.some((other) => other.key !== entry.key && !isDeleted(other));
}
