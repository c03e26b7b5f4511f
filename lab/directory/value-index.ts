import type { StoredEntry } from './stored-entry.ts';
import { valueKey } from './values.ts';

/** Attributes by whose values objects are looked up, one at a time or two hundred: AD indexes them as well. */
const indexed = new Set(
  [
    'sAMAccountName',
    'servicePrincipalName',
    'userPrincipalName',
    'objectSid',
    'objectGUID',
    'dNSHostName',
    'cn',
    'name',
  ].map((name) => name.toLowerCase()),
);

export function isIndexed(attribute: string): boolean {
  return indexed.has(attribute.toLowerCase());
}

/** Which entries have a value, so that no search and no check of uniqueness reads the whole domain. */
export class ValueIndex {
  readonly #keys = new Map([...indexed].map((name) => [name, new Map<string, Set<string>>()]));

  /** Keys of the entries, by the attribute's name in lower case. Throws a RangeError for one that is not indexed. */
  lookUp(name: string, value: string): Iterable<string> {
    const byValue = this.#keys.get(name);
    if (!byValue) throw new RangeError(`no index of ${name}`);
    return byValue.get(value) ?? [];
  }

  add(entry: StoredEntry): void {
    this.#forEachValue(entry, (byValue, value) => {
      byValue.set(value, (byValue.get(value) ?? new Set()).add(entry.key));
    });
  }

  remove(entry: StoredEntry): void {
    this.#forEachValue(entry, (byValue, value) => {
      const keys = byValue.get(value);
      keys?.delete(entry.key);
      if (keys?.size === 0) byValue.delete(value);
    });
  }

  #forEachValue(entry: StoredEntry, act: (byValue: Map<string, Set<string>>, value: string) => void): void {
    for (const [name, byValue] of this.#keys) {
      for (const value of entry.attributes.get(name) ?? []) act(byValue, valueKey(name, value) ?? '');
    }
  }
}
