import type { Value } from '../../src/directory/entry.ts';
import { definitionOf, isBackLink } from './attributes.ts';
import { refusal } from './diagnostics.ts';
import type { StoredEntry } from './stored-entry.ts';
import { storedValue, valueKey } from './values.ts';

/** One change of a modify (RFC 4511 4.6). Deleting without values removes the whole attribute. */
export interface EntryChange {
  operation: 'add' | 'delete' | 'replace';
  attribute: string;
  values: Value[];
}

/** The entry with the changes, itself untouched: they are made all or none. Throws LdapFailure as AD refuses them. */
export function changed(entry: StoredEntry, changes: EntryChange[]): StoredEntry {
  const copy = { ...entry, attributes: new Map(entry.attributes), spelling: new Map(entry.spelling) };
  for (const change of changes) apply(copy, change);
  return copy;
}

function apply(entry: StoredEntry, { operation, attribute, values }: EntryChange): void {
  const definition = definitionOf(attribute);
  const lower = attribute.toLowerCase();
  if (!/^[a-z][a-z0-9-]*$/.test(lower)) throw refusal.unknownType();
  if (isBackLink(attribute)) throw refusal.unwilling();
  if (operation === 'add' && values.length === 0) throw refusal.constraint(attribute);
  const present = entry.attributes.get(lower) ?? [];
  const stored = values.map((value) => storedValue(definition, value));
  const next = {
    add: () => [...present, ...stored],
    delete: () => without(attribute, present, stored),
    replace: () => stored,
  }[operation]();
  const keys = next.map((value) => valueKey(attribute, value));
  if (new Set(keys).size < keys.length) {
    throw lower === 'member' ? refusal.memberExists() : refusal.valueExists(attribute);
  }
  if (definition.single && next.length > 1) {
    throw operation === 'add' ? refusal.oneValueExists(attribute) : refusal.singleValued(attribute);
  }
  if (next.length === 0) entry.attributes.delete(lower);
  else entry.attributes.set(lower, next);
  if (!entry.spelling.has(lower)) entry.spelling.set(lower, definition.name);
}

function without(attribute: string, present: Value[], unwanted: Value[]): Value[] {
  const isMember = attribute.toLowerCase() === 'member';
  if (present.length === 0 && isMember && unwanted.length === 0) return [];
  if (present.length === 0 && !isMember) throw refusal.noSuchAttribute(attribute);
  const keys = new Set(unwanted.map((value) => valueKey(attribute, value)));
  const left = present.filter((value) => !keys.has(valueKey(attribute, value)));
  if (unwanted.length > 0 && present.length - left.length < keys.size) {
    throw isMember ? refusal.noSuchMember() : refusal.noSuchValue(attribute);
  }
  return unwanted.length > 0 ? left : [];
}
