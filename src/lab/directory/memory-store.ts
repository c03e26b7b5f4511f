import { parseDn } from '../../directory/dn.ts';
import type { Entry, Value } from '../../directory/entry.ts';
import { dmsaClass } from '../../directory/schema.ts';
import type { DirectoryStore } from '../store.ts';
import { type Change, changed } from './changes.ts';
import { createEntry, parentKey } from './creation.ts';
import { refusal } from './diagnostics.ts';
import { EntryTable, type StoredEntry } from './entry-table.ts';
import { type Candidate, evaluate, type LdapFilter } from './filter.ts';
import { generalizedTime } from './generalized-time.ts';
import { checkEntry } from './rules.ts';
import { fillSam } from './sam.ts';
import { type DomainOptions, isDmsaAttribute, seedDomain } from './seed.ts';
import { dnKey, valueKey } from './values.ts';

export type { Change } from './changes.ts';
export type { LdapFilter } from './filter.ts';
export type { DomainOptions } from './seed.ts';

export type Scope = 'base' | 'one' | 'sub';

/** RIDs below 1000 are built in; the first new account of the lab gets this one. */
const firstRid = 1103;

/**
 * A domain's directory in memory. It keeps what a DC keeps by itself: identifiers, times, update numbers, back links
 * and the constraints of the schema. Every refusal is an LdapFailure in AD's words.
 */
export class MemoryStore implements DirectoryStore {
  readonly baseDn: string;
  readonly configurationDn: string;
  readonly schemaDn: string;
  readonly domainSid: string;
  /** DNS name of the DC that serves this directory. */
  readonly dnsHostName: string;
  readonly #table = new EntryTable(dnKey);
  readonly #contexts: string[];
  readonly #now: () => Date;
  #nextRid = firstRid;
  #updates = 0;

  constructor(options: DomainOptions) {
    this.baseDn = options.baseDn;
    this.configurationDn = `CN=Configuration,${options.baseDn}`;
    this.schemaDn = `CN=Schema,${this.configurationDn}`;
    this.domainSid = options.domainSid;
    this.dnsHostName = options.dnsHostName;
    this.#contexts = [this.schemaDn, this.configurationDn, this.baseDn].map(dnKey);
    this.#now = options.now;
    for (const { dn, attributes } of seedDomain(options)) this.#create(dn, attributes);
  }

  /** `highestCommittedUSN`: one more after each write. */
  get updates(): number {
    return this.#updates;
  }

  async read(dn: string): Promise<Entry | null> {
    const entry = this.#table.get(dnKey(dn));
    return entry ? this.#visible(entry) : null;
  }

  async find(base: string, name: string, value: Value): Promise<Entry[]> {
    return this.search(base, 'sub', { kind: 'equal', attribute: name, value: Buffer.from(value) });
  }

  /** Every match within the naming context of `base`. Throws LdapFailure 32 where there is no base. */
  async search(base: string, scope: Scope, filter: LdapFilter): Promise<Entry[]> {
    const root = this.#require(base);
    const inScope = {
      base: (entry: StoredEntry) => entry === root,
      one: (entry: StoredEntry) => entry.parent === root.key,
      sub: (entry: StoredEntry) => entry === root || entry.key.endsWith(`,${root.key}`),
    }[scope];
    const context = this.#contextOf(root.key);
    return [...this.#table.all()]
      .filter((entry) => inScope(entry) && this.#contextOf(entry.key) === context)
      .filter((entry) => evaluate(filter, this.#candidate(entry)))
      .map((entry) => this.#visible(entry));
  }

  /** Throws LdapFailure 32 where there is no entry, 16 where it lacks the attribute. */
  async compare(dn: string, name: string, value: Value): Promise<boolean> {
    const values = this.#table.values(this.#require(dn), name);
    if (values.length === 0) throw refusal.noSuchAttribute(name);
    return values.some((each) => valueKey(name, each) === valueKey(name, value));
  }

  async add(dn: string, attributes: Record<string, Value[]>): Promise<void> {
    this.#create(dn, attributes);
  }

  async replace(dn: string, attributes: Record<string, Value[]>): Promise<void> {
    const changes = Object.entries(attributes).map(([name, values]): Change => {
      return { operation: 'replace', attribute: name, values };
    });
    await this.modify(dn, changes);
  }

  /** Makes all the changes or none. */
  async modify(dn: string, changes: Change[]): Promise<void> {
    const entry = this.#require(dn);
    const naming = ['name', 'distinguishedname', parseDn(entry.dn)[0]!.type.toLowerCase()];
    const names = changes.map((change) => change.attribute.toLowerCase());
    if (names.some((name) => naming.includes(name))) throw refusal.namingAttribute();
    if (names.includes('objectclass')) throw refusal.classViolation();
    this.#commit(changed(entry, changes));
  }

  async remove(dn: string): Promise<void> {
    const { key } = this.#require(dn);
    if (this.#table.hasChildren(key)) throw refusal.hasChildren();
    this.#table.delete(key);
    this.#updates++;
  }

  #create(dn: string, attributes: Record<string, Value[]>): void {
    if (this.#table.get(dnKey(dn))) throw refusal.entryExists();
    const isHead = dnKey(dn) === dnKey(this.baseDn);
    const entry = createEntry({
      dn,
      parent: isHead ? null : this.#require(parentKey(dn)),
      attributes,
      domainSid: this.domainSid,
      now: this.#now(),
      updateNumber: this.#updates + 1,
      nextRid: () => this.#nextRid++,
      hasDmsaClass: this.#hasSchemaObject(dmsaClass),
    });
    this.#commit(entry);
  }

  #commit(entry: StoredEntry): void {
    fillSam(entry);
    checkEntry(entry, { table: this.#table, hasAttribute: (name) => this.#hasAttribute(name) });
    this.#updates++;
    entry.attributes.set('whenchanged', [generalizedTime(this.#now())]);
    entry.attributes.set('usnchanged', [String(this.#updates)]);
    this.#table.put(entry);
  }

  #require(dn: string): StoredEntry {
    const entry = this.#table.get(dnKey(dn));
    if (!entry) throw refusal.noObject(this.#bestMatch(dn));
    return entry;
  }

  /** The nearest ancestor that exists, which AD's text names. */
  #bestMatch(dn: string): string {
    for (let key = parentKey(dn); key !== ''; key = parentKey(key)) {
      const entry = this.#table.get(key);
      if (entry) return entry.dn;
    }
    return '';
  }

  #contextOf(key: string): string | undefined {
    return this.#contexts.find((context) => key === context || key.endsWith(`,${context}`));
  }

  #hasAttribute(name: string): boolean {
    return !isDmsaAttribute(name) || this.#hasSchemaObject(name);
  }

  #hasSchemaObject(name: string): boolean {
    return this.#table.get(dnKey(`CN=${name},${this.schemaDn}`)) !== undefined;
  }

  #visible(entry: StoredEntry): Entry {
    const attributes = this.#table.names(entry).map((name) => [name, [...this.#table.values(entry, name)]]);
    return { dn: entry.dn, attributes: { ...Object.fromEntries(attributes), distinguishedName: [entry.dn] } };
  }

  #candidate(entry: StoredEntry): Candidate {
    return {
      values: (name) => {
        if (name.toLowerCase() === 'distinguishedname') return [entry.dn];
        return this.#hasAttribute(name) ? this.#table.values(entry, name) : null;
      },
      reaches: (name, dn) => this.#reaches(entry, name, dnKey(dn)),
    };
  }

  #reaches(start: StoredEntry, name: string, target: string): boolean {
    const seen = new Set<string>();
    const waiting = [start];
    for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
      for (const value of this.#table.values(entry, name)) {
        const key = dnKey(value.toString());
        if (key === target) return true;
        const next = this.#table.get(key);
        if (next && !seen.has(key)) waiting.push(next);
        seen.add(key);
      }
    }
    return false;
  }
}
