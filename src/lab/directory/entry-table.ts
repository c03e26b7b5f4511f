import type { Value } from '../../directory/entry.ts';
import { definitionOf, links } from './attributes.ts';

/** Values by lower-case attribute name. */
export type Attributes = Map<string, Value[]>;

export interface StoredEntry {
  /** The DN in the form by which DNs are told apart. */
  key: string;
  /** Key of the parent; null for the head of the domain. */
  parent: string | null;
  dn: string;
  attributes: Attributes;
  /** How each attribute is spelled, by its lower-case name. */
  spelling: Map<string, string>;
}

const backLinkOf = new Map(
  Object.entries(links).map(([link, back]) => [link.toLowerCase(), back.toLowerCase()]),
);

/** The entries, with their back links: those follow the links, whichever way an entry is written. */
export class EntryTable {
  readonly #entries = new Map<string, StoredEntry>();
  /** Target, then back link, then the entries that point at it. */
  readonly #pointers = new Map<string, Map<string, Set<string>>>();
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

  hasChildren(key: string): boolean {
    return [...this.#entries.values()].some((entry) => entry.parent === key);
  }

  /** Adds the entry, or puts it in the place of the one with its key. */
  put(entry: StoredEntry): void {
    this.#forEachLink(this.#entries.get(entry.key), (pointers) => pointers.delete(entry.key));
    this.#entries.set(entry.key, entry);
    this.#forEachLink(entry, (pointers) => pointers.add(entry.key));
  }

  /** Removes the entry, its links, and the links to it, as AD does. */
  delete(key: string): void {
    const sources = new Set([...(this.#pointers.get(key)?.values() ?? [])].flatMap((each) => [...each]));
    for (const source of sources) this.#dropLinksTo(source, key);
    this.#forEachLink(this.#entries.get(key), (pointers) => pointers.delete(key));
    this.#pointers.delete(key);
    this.#entries.delete(key);
  }

  /** Values of an attribute, of a back link too. */
  values(entry: StoredEntry, name: string): Value[] {
    const lower = name.toLowerCase();
    const sources = this.#pointers.get(entry.key)?.get(lower);
    if (sources?.size) return [...sources].map((source) => this.#entries.get(source)!.dn);
    return entry.attributes.get(lower) ?? [];
  }

  /** Spelled names of the attributes that have values, back links too. */
  names(entry: StoredEntry): string[] {
    const pointed = [...(this.#pointers.get(entry.key) ?? [])].filter(([, sources]) => sources.size > 0);
    return [...entry.attributes.keys(), ...pointed.map(([back]) => back)].map(
      (lower) => entry.spelling.get(lower) ?? definitionOf(lower).name,
    );
  }

  #forEachLink(entry: StoredEntry | undefined, act: (pointers: Set<string>) => void): void {
    for (const [link, back] of backLinkOf) {
      for (const target of entry?.attributes.get(link) ?? []) {
        const key = this.#keyOf(target.toString());
        const byBackLink = this.#pointers.get(key) ?? new Map<string, Set<string>>();
        const pointers = byBackLink.get(back) ?? new Set();
        act(pointers);
        this.#pointers.set(key, byBackLink.set(back, pointers));
      }
    }
  }

  #dropLinksTo(source: string, target: string): void {
    const entry = this.#entries.get(source);
    for (const link of backLinkOf.keys()) {
      const left = entry?.attributes.get(link)?.filter((dn) => this.#keyOf(dn.toString()) !== target);
      if (left?.length) entry?.attributes.set(link, left);
      else entry?.attributes.delete(link);
    }
  }
}
