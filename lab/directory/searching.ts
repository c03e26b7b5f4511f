import type { Entry } from '../../src/directory/entry.ts';
import { withCategoryDns } from './categories.ts';
import type { Contexts } from './contexts.ts';
import { isDeleted } from './deletion.ts';
import type { EntryTable } from './entry-table.ts';
import { type Candidate, type LdapFilter, matcher, requiredEqualities } from './filter.ts';
import type { StoredEntry } from './stored-entry.ts';
import { isIndexed } from './value-index.ts';
import { dnKey, valueKey } from './values.ts';

export type Scope = 'base' | 'one' | 'sub';

/** What a search is made in. */
export interface Searched {
  table: EntryTable;
  contexts: Contexts;
  /** Whether the schema has the attribute. */
  hasAttribute(name: string): boolean;
}

/** Every match within the naming context of `root`, in the order of creation. */
export function matching(
  { table, contexts, hasAttribute }: Searched,
  root: StoredEntry,
  { scope, filter, showDeleted }: { scope: Scope; filter: LdapFilter; showDeleted: boolean },
): StoredEntry[] {
  const wanted = withCategoryDns(filter, contexts.schemaDn);
  const inScope = {
    base: (entry: StoredEntry) => entry === root,
    one: (entry: StoredEntry) => entry.parent === root.key,
    sub: (entry: StoredEntry) => entry === root || entry.key.endsWith(`,${root.key}`),
  }[scope];
  const context = contexts.contextOf(root.key);
  const matches = matcher(wanted);
  const candidate = candidates(table, hasAttribute);
  return entriesToTry(table, root, scope, wanted)
    .filter((entry) => inScope(entry) && contexts.contextOf(entry.key) === context)
    .filter((entry) => showDeleted || !isDeleted(entry))
    .filter((entry) => matches(candidate(entry)))
    .sort((a, b) => a.order - b.order);
}

/** The entry as it is answered: with its back links and its DN. */
export function visible(table: EntryTable, entry: StoredEntry): Entry {
  const attributes = table.names(entry).map((name) => [name, [...table.values(entry, name)]]);
  return { dn: entry.dn, attributes: { ...Object.fromEntries(attributes), distinguishedName: [entry.dn] } };
}

/** Entries that may match: by an index where the filter has what is indexed, else by scope. */
function entriesToTry(table: EntryTable, root: StoredEntry, scope: Scope, filter: LdapFilter): StoredEntry[] {
  if (scope === 'base') return [root];
  const required = requiredEqualities(filter, isIndexed);
  if (required) {
    const found = required.flatMap(({ attribute, value }) =>
      table.withValue(attribute, valueKey(attribute, value) ?? ''),
    );
    return [...new Set(found)];
  }
  return scope === 'one' ? table.children(root.key) : [...table.all()];
}

/** What is followed over many objects is followed once for all entries. */
function candidates(
  table: EntryTable,
  hasAttribute: (name: string) => boolean,
): (entry: StoredEntry) => Candidate {
  const reached = new Map<string, Set<string>>();
  return (entry) => ({
    values: (name) => {
      if (name.toLowerCase() === 'distinguishedname') return [entry.dn];
      return hasAttribute(name) ? table.values(entry, name) : null;
    },
    reaches: (name, dn) => {
      const chain = `${name.toLowerCase()} ${dn}`;
      const keys = reached.get(chain) ?? table.reaching(name, dnKey(dn));
      reached.set(chain, keys);
      return keys.has(entry.key);
    },
  });
}
