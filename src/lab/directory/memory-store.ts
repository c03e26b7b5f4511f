import { parseDn } from '../../directory/dn.ts';
import type { Entry, Value } from '../../directory/entry.ts';
import { dmsaClass } from '../../directory/schema.ts';
import type { DirectoryStore } from '../store.ts';
import { type Change, changed } from './changes.ts';
import { createEntry, parentKey } from './creation.ts';
import { deletedObjectsDn, isDeleted, tombstoneAttributes, tombstoneDn } from './deletion.ts';
import { refusal } from './diagnostics.ts';
import { EntryTable, type StoredEntry } from './entry-table.ts';
import { type Candidate, type LdapFilter, matcher, requiredEqualities } from './filter.ts';
import { generalizedTime } from './generalized-time.ts';
import { type ContextKind, newName, type Rename, renamedDn } from './renaming.ts';
import { checkEntry } from './rules.ts';
import { fillSam } from './sam.ts';
import { type DomainOptions, isDmsaAttribute, seedDomain } from './seed.ts';
import { dnKey, valueKey } from './values.ts';

export type { Change } from './changes.ts';
export type { LdapFilter } from './filter.ts';
export type { Rename } from './renaming.ts';
export type { DomainOptions } from './seed.ts';

export type Scope = 'base' | 'one' | 'sub';

/** RIDs below 1000 are built in; the first new account of the lab gets this one. */
const firstRid = 1103;

/** The container of deleted objects: hidden as they are, and held in place (MS-ADTS 6.1.1.4.2). */
const graveyard = {
  objectClass: ['container'],
  isDeleted: ['TRUE'],
  isCriticalSystemObject: ['TRUE'],
  systemFlags: ['-1946157056'],
};

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
    for (const context of [this.baseDn, this.configurationDn])
      this.#create(deletedObjectsDn(context), graveyard);
  }

  /** `highestCommittedUSN`: one more after each write. */
  get updates(): number {
    return this.#updates;
  }

  async read(dn: string): Promise<Entry | null> {
    const entry = this.#table.get(dnKey(dn));
    return entry && !isDeleted(entry) ? this.#visible(entry) : null;
  }

  async find(base: string, name: string, value: Value): Promise<Entry[]> {
    return this.search(base, 'sub', { kind: 'equal', attribute: name, value: Buffer.from(value) });
  }

  /**
   * Every match within the naming context of `base`, in the order of creation; deleted objects only where they are
   * asked for. Throws LdapFailure 32 where there is no base.
   */
  async search(
    base: string,
    scope: Scope,
    filter: LdapFilter,
    options: { showDeleted?: boolean } = {},
  ): Promise<Entry[]> {
    const root = this.#require(base);
    const inScope = {
      base: (entry: StoredEntry) => entry === root,
      one: (entry: StoredEntry) => entry.parent === root.key,
      sub: (entry: StoredEntry) => entry === root || entry.key.endsWith(`,${root.key}`),
    }[scope];
    const context = this.#contextOf(root.key);
    const reached = new Map<string, Set<string>>();
    const matches = matcher(filter);
    return this.#candidates(root, scope, filter)
      .filter((entry) => inScope(entry) && this.#contextOf(entry.key) === context)
      .filter((entry) => options.showDeleted || !isDeleted(entry))
      .filter((entry) => matches(this.#candidate(entry, reached)))
      .sort((a, b) => a.order - b.order)
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
    const entry = this.#requireLive(dn);
    const naming = ['name', 'distinguishedname', parseDn(entry.dn)[0]!.type.toLowerCase()];
    const names = changes.map((change) => change.attribute.toLowerCase());
    if (names.some((name) => naming.includes(name))) throw refusal.namingAttribute();
    if (names.includes('objectclass')) throw refusal.classViolation();
    this.#commit(changed(entry, changes));
  }

  /** Makes it a deleted object: it keeps its GUID and little else, and no link from or to it is left. */
  async remove(dn: string): Promise<void> {
    const entry = this.#requireLive(dn);
    if (this.#table.children(entry.key).length > 0) throw refusal.hasChildren();
    const context = this.#table.get(this.#contextOf(entry.key)!)!;
    const parentDn = this.#table.get(entry.parent!)!.dn;
    const grave = this.#require(deletedObjectsDn(context.dn));
    this.#table.unlink(entry.key);
    const moved = this.#table.relocate(entry.key, tombstoneDn(entry, context.dn), grave.key);
    this.#stamp(named({ ...moved, attributes: tombstoneAttributes(moved, parentDn) }));
  }

  /** Renames or moves an object with all below it; links follow. Throws LdapFailure; see renamedDn(). */
  async rename(dn: string, rename: Rename): Promise<void> {
    const name = newName(rename);
    const key = dnKey(dn);
    const parent = rename.newSuperior === null ? parentKey(dn) : dnKey(rename.newSuperior);
    const superior = this.#table.get(parent);
    if (!superior)
      throw rename.newSuperior === null ? refusal.noObject(this.#bestMatch(dn)) : refusal.noParent();
    const entry = this.#requireLive(dn);
    const newDn = renamedDn(entry, superior, name, {
      table: this.#table,
      contextOf: (each) => this.#contextOf(each),
      kindOf: (context) => this.#kindOf(context),
    });
    this.#stamp(named(this.#table.relocate(key, newDn, superior.key)));
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
    this.#stamp(entry);
  }

  #stamp(entry: StoredEntry): void {
    this.#updates++;
    const attributes = new Map(entry.attributes);
    attributes.set('whenchanged', [generalizedTime(this.#now())]);
    attributes.set('usnchanged', [String(this.#updates)]);
    this.#table.put({ ...entry, attributes });
  }

  /** What is deleted cannot be changed (MS-ADTS 3.1.1.5.3.2): it could only be brought back. */
  #requireLive(dn: string): StoredEntry {
    const entry = this.#require(dn);
    if (isDeleted(entry)) throw refusal.unwilling();
    return entry;
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

  #kindOf(context: string | undefined): ContextKind {
    if (context === dnKey(this.schemaDn)) return 'schema';
    return context === dnKey(this.configurationDn) ? 'configuration' : 'domain';
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

  /** Entries that may match: by an index where the filter has what is indexed, else by scope. */
  #candidates(root: StoredEntry, scope: Scope, filter: LdapFilter): StoredEntry[] {
    if (scope === 'base') return [root];
    const found = requiredEqualities(filter)?.map(({ attribute, value }) =>
      this.#table.withValue(attribute, valueKey(attribute, value) ?? ''),
    );
    if (found?.every((entries) => entries !== null)) return [...new Set(found.flat())];
    return scope === 'one' ? this.#table.children(root.key) : [...this.#table.all()];
  }

  #candidate(entry: StoredEntry, reached: Map<string, Set<string>>): Candidate {
    return {
      values: (name) => {
        if (name.toLowerCase() === 'distinguishedname') return [entry.dn];
        return this.#hasAttribute(name) ? this.#table.values(entry, name) : null;
      },
      reaches: (name, dn) => {
        const chain = `${name.toLowerCase()} ${dn}`;
        const keys = reached.get(chain) ?? this.#table.reaching(name, dnKey(dn));
        reached.set(chain, keys);
        return keys.has(entry.key);
      },
    };
  }
}

/** Its naming attributes are those of its DN. */
function named(entry: StoredEntry): StoredEntry {
  const [{ type, value }] = parseDn(entry.dn) as [{ type: string; value: string }];
  const attributes = new Map(entry.attributes).set(type.toLowerCase(), [value]).set('name', [value]);
  return { ...entry, attributes };
}
