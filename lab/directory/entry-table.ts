import type { Value } from '../../src/directory/entry.ts';
import { definitionOf, links } from './attributes.ts';
import type { Attributes, StoredEntry } from './stored-entry.ts';
import { ValueIndex } from './value-index.ts';

const linkOf = new Map(Object.entries(links).map(([link, back]) => [back.toLowerCase(), link.toLowerCase()]));
const backLinkOf = new Map([...linkOf].map(([back, link]) => [link, back]));

/**
 * The entries, with what is found by way of them: children, values by index, and DN values by what they point at.
 * Back links follow the links, and every DN value follows its target when that is renamed, whichever way an entry is
 * written (MS-ADTS 3.1.1.1.6).
 */
export class EntryTable {
  readonly #entries = new Map<string, StoredEntry>();
  readonly #children = new Map<string, Set<string>>();
  /** Target, then attribute, then the entries that point at it. */
  readonly #referrers = new Map<string, Map<string, Set<string>>>();
  readonly #index = new ValueIndex();
  readonly #keyOf: (dn: string) => string;

  /** `keyOf` makes the key of a DN that was checked before. */
  constructor(keyOf: (dn: string) => string) {
    this.#keyOf = keyOf;
  }

  get(key: string): StoredEntry | undefined {
    return this.#entries.get(key);
  }

  all(): Iterable<StoredEntry> {
    return this.#entries.values();
  }

  children(key: string): StoredEntry[] {
    return [...(this.#children.get(key) ?? [])].map((child) => this.#entries.get(child)!);
  }

  /** The entry itself and all below it, parents first. */
  subtree(key: string): StoredEntry[] {
    const found = [this.#entries.get(key)!];
    for (const { key: parent } of found) found.push(...this.children(parent));
    return found;
  }

  /** Entries that have the value, by valueKey(). Throws a RangeError for an attribute that is not indexed. */
  withValue(name: string, key: string): StoredEntry[] {
    return [...this.#index.lookUp(name.toLowerCase(), key)].map((each) => this.#entries.get(each)!);
  }

  /** Adds the entry, or puts it in the place of the one with its key. */
  put(entry: StoredEntry): void {
    this.#takeOut(this.#entries.get(entry.key));
    this.#entries.set(entry.key, entry);
    if (entry.parent !== null) addTo(this.#children, entry.parent, entry.key);
    this.#forEachReference(entry, (byAttribute, name) => addTo(byAttribute, name, entry.key));
    this.#index.add(entry);
  }

  /** Gives the entry another DN, and all below it with it; DN values that name any of them follow. */
  relocate(key: string, dn: string, parent: string): StoredEntry {
    const moved = new Map<string, StoredEntry>();
    for (const entry of this.subtree(key)) {
      const above = moved.get(entry.parent ?? '');
      const newDn = above
        ? `${entry.dn.slice(0, -this.#entries.get(entry.parent!)!.dn.length)}${above.dn}`
        : dn;
      moved.set(entry.key, { ...entry, key: this.#keyOf(newDn), parent: above?.key ?? parent, dn: newDn });
    }
    const referrers = [...moved.keys()].flatMap((each) => [...(this.#referrers.get(each)?.values() ?? [])]);
    for (const source of new Set(referrers.flatMap((each) => [...each]))) {
      if (!moved.has(source)) moved.set(source, { ...this.#entries.get(source)! });
    }
    for (const old of moved.keys()) this.#takeOut(this.#entries.get(old));
    for (const entry of moved.values()) {
      this.#follow(entry, moved);
      this.put(entry);
    }
    return moved.get(key)!;
  }

  /** Removes the links to an entry, and its own, as AD does when it is deleted. */
  unlink(key: string): void {
    for (const [name, sources] of this.#referrers.get(key) ?? []) {
      if (!backLinkOf.has(name)) continue;
      for (const source of [...sources]) {
        const entry = this.#entries.get(source)!;
        const left = entry.attributes.get(name)!.filter((dn) => this.#keyOf(dn.toString()) !== key);
        this.put({ ...entry, attributes: withValues(entry.attributes, name, left) });
      }
    }
    const entry = this.#entries.get(key)!;
    const left = [...entry.attributes].filter(([name]) => !backLinkOf.has(name));
    this.put({ ...entry, attributes: new Map(left) });
  }

  /** Values of an attribute, of a back link too. */
  values(entry: StoredEntry, name: string): Value[] {
    const lower = name.toLowerCase();
    const link = linkOf.get(lower);
    if (link === undefined) return entry.attributes.get(lower) ?? [];
    const sources = this.#referrers.get(entry.key)?.get(link) ?? [];
    return [...sources].map((source) => this.#entries.get(source)!.dn);
  }

  /** Keys of the entries from which following the attribute leads to the target, over any number of objects. */
  reaching(name: string, target: string): Set<string> {
    const lower = name.toLowerCase();
    const link = linkOf.get(lower);
    const reached = new Set<string>();
    const waiting = [target];
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      const before = link
        ? (this.#entries.get(key)?.attributes.get(link) ?? []).map((dn) => this.#keyOf(dn.toString()))
        : [...(this.#referrers.get(key)?.get(lower) ?? [])];
      for (const each of before) {
        if (!reached.has(each)) waiting.push(each);
        reached.add(each);
      }
    }
    return reached;
  }

  /** Spelled names of the attributes that have values, back links too. */
  names(entry: StoredEntry): string[] {
    const pointed = [...(this.#referrers.get(entry.key)?.keys() ?? [])].flatMap(
      (link) => backLinkOf.get(link) ?? [],
    );
    return [...entry.attributes.keys(), ...pointed].map(
      (lower) => entry.spelling.get(lower) ?? definitionOf(lower).name,
    );
  }

  #takeOut(entry: StoredEntry | undefined): void {
    if (!entry) return;
    this.#entries.delete(entry.key);
    if (entry.parent !== null) removeFrom(this.#children, entry.parent, entry.key);
    this.#forEachReference(entry, (byAttribute, name) => removeFrom(byAttribute, name, entry.key));
    this.#index.remove(entry);
  }

  #follow(entry: StoredEntry, moved: Map<string, StoredEntry>): void {
    for (const [name, values] of entry.attributes) {
      if (definitionOf(name).syntax !== 'dn') continue;
      const followed = values.map((value) => moved.get(this.#keyOf(value.toString()))?.dn ?? value);
      entry.attributes = withValues(entry.attributes, name, followed);
    }
  }

  #forEachReference(entry: StoredEntry, act: (byAttribute: Referrers, name: string) => void): void {
    for (const [name, values] of entry.attributes) {
      if (definitionOf(name).syntax !== 'dn') continue;
      for (const target of values) {
        const key = this.#keyOf(target.toString());
        const byAttribute: Referrers = this.#referrers.get(key) ?? new Map();
        act(byAttribute, name);
        if (byAttribute.size > 0) this.#referrers.set(key, byAttribute);
        else this.#referrers.delete(key);
      }
    }
  }
}

type Referrers = Map<string, Set<string>>;

function withValues(attributes: Attributes, name: string, values: Value[]): Attributes {
  const copy = new Map(attributes);
  if (values.length > 0) copy.set(name, values);
  else copy.delete(name);
  return copy;
}

function addTo(sets: Map<string, Set<string>>, name: string, member: string): void {
  const set = sets.get(name) ?? new Set();
  sets.set(name, set.add(member));
}

function removeFrom(sets: Map<string, Set<string>>, name: string, member: string): void {
  const set = sets.get(name);
  set?.delete(member);
  if (set?.size === 0) sets.delete(name);
}
