import { parseDn } from '../../directory/dn.ts';
import type { Entry, Value } from '../../directory/entry.ts';
import { dmsaClass } from '../../directory/schema.ts';
import { sidOctets } from '../../directory/sid.ts';
import type { DirectoryStore } from '../store.ts';
import { isKnownAttribute } from './attributes.ts';
import { withCategoryDns } from './categories.ts';
import { type Change, changed } from './changes.ts';
import { createEntry, parentKey } from './creation.ts';
import { continuations, namingContexts, referralFor } from './crossrefs.ts';
import { deletedObjectsDn, isDeleted, tombstoneAttributes, tombstoneDn } from './deletion.ts';
import { refusal } from './diagnostics.ts';
import { EntryTable, type StoredEntry } from './entry-table.ts';
import { type Candidate, type LdapFilter, matcher, requiredEqualities } from './filter.ts';
import { generalizedTime } from './generalized-time.ts';
import { keyOfName } from './object-names.ts';
import { primaryGroupOf, swapped } from './primary-group.ts';
import { requireDeletable, requireSamAgrees } from './protection.ts';
import { type ContextKind, newName, type Rename, renamedDn } from './renaming.ts';
import {
  byGuid,
  conflictDn,
  type ForestWrites,
  guidOf,
  incoming,
  outgoing,
  ReplicaLog,
  type ReplicatedObject,
} from './replica.ts';
import { checkEntry } from './rules.ts';
import { fillSam } from './sam.ts';
import { type DomainOptions, isDmsaAttribute, seedChildDomain, seedDomain } from './seed.ts';
import { tokenGroups } from './token-groups.ts';
import { dnKey, valueKey } from './values.ts';

export type { Change } from './changes.ts';
export type { LdapFilter } from './filter.ts';
export type { Rename } from './renaming.ts';
export type { DomainOptions } from './seed.ts';

export type Scope = 'base' | 'one' | 'sub';

/** RIDs below 1000 are built in; the first new account of the lab gets this one. */
const firstRid = 1103;

export interface StoreOptions extends DomainOptions {
  /** A DC of the same forest that is there already: of the same domain, or of the one above it. */
  partner?: MemoryStore;
  /** The first RID that this DC gives out; each DC of a domain has a pool of its own (MS-ADTS 3.1.1.1.12). */
  firstRid?: number;
}

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
  /** The first domain of the forest. */
  readonly rootDomainDn: string;
  /** What is told of each write, once it is done; for replication. */
  onWrite: (() => void) | null = null;
  /** Values of msDS-NCReplInboundNeighbors of a naming context: what this DC knows of its partners. */
  neighbors: (contextDn: string) => string[] | Promise<string[]> = () => [];
  readonly #log = new ReplicaLog();
  readonly #writes: ForestWrites;
  readonly #table = new EntryTable(dnKey);
  readonly #contexts: string[];
  readonly #now: () => Date;
  #nextRid: number;
  #updates = 0;

  constructor(options: StoreOptions) {
    const { partner } = options;
    this.baseDn = options.baseDn;
    this.rootDomainDn = partner?.rootDomainDn ?? options.baseDn;
    this.configurationDn = `CN=Configuration,${this.rootDomainDn}`;
    this.#writes = partner ? partner.#writes : { last: 0 };
    this.#nextRid = options.firstRid ?? firstRid;
    this.schemaDn = `CN=Schema,${this.configurationDn}`;
    this.domainSid = options.domainSid;
    this.dnsHostName = options.dnsHostName;
    this.#contexts = [this.schemaDn, this.configurationDn, this.baseDn].map(dnKey);
    this.#now = options.now;
    if (partner) this.pull(partner, 0);
    if (partner?.baseDn === this.baseDn) return;
    const objects = partner ? seedChildDomain(options, this) : seedDomain(options);
    for (const { dn, attributes } of objects) this.#create(dn, attributes);
    for (const context of partner ? [this.baseDn] : [this.baseDn, this.configurationDn])
      this.#create(deletedObjectsDn(context), graveyard);
  }

  /**
   * Takes over what the partner has of the naming contexts that both hold, as far as it is news. `position` is where
   * the last pull from it ended; gives back where this one did.
   */
  pull(partner: MemoryStore, position: number): number {
    const objects = partner.#changedSince(position).filter(({ context }) => this.#contexts.includes(context));
    const waiting = new Map(objects.map((object) => [object.guid, object]));
    for (const object of objects) this.#take(object, waiting);
    return partner.#log.length;
  }

  /** What stands above others comes first. */
  #changedSince(position: number): ReplicatedObject[] {
    const objects = this.#log.since(position).map((guid) => {
      const entry = byGuid(this.#table, guid)!;
      const context = this.#contextOf(entry.key)!;
      return outgoing(this.#table, entry, { context, write: this.#log.writeOf(guid) });
    });
    return objects.sort((a, b) => parseDn(a.dn).length - parseDn(b.dn).length);
  }

  #take(object: ReplicatedObject, waiting: Map<string, ReplicatedObject>): void {
    if (!waiting.delete(object.guid) || !this.#log.isNews(object.guid, object.write)) return;
    const rival = this.#rivalOf(object);
    const leaving = rival && waiting.get(guidOf(rival));
    if (leaving) this.#take(leaving, waiting);
    const left = this.#rivalOf(object);
    if (left && this.#log.writeOf(guidOf(left)) > object.write) {
      this.#receive({ ...object, dn: conflictDn(object.dn, object.guid) }, true);
      return;
    }
    if (left) {
      const dn = conflictDn(left.dn, guidOf(left));
      this.#stamp(named(this.#table.relocate(left.key, dn, left.parent!)));
    }
    this.#receive(object);
  }

  /** Another object that has its DN here. */
  #rivalOf(object: ReplicatedObject): StoredEntry | undefined {
    const there = this.#table.get(dnKey(object.dn));
    return there && guidOf(there) !== object.guid ? there : undefined;
  }

  #receive(object: ReplicatedObject, renamed = false): void {
    const entry = incoming(this.#table, object, this.#updates + 1);
    if (renamed) this.#stamp(named(entry));
    else this.#stamp(entry, object.write);
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
    const wanted = withCategoryDns(filter, this.schemaDn);
    const inScope = {
      base: (entry: StoredEntry) => entry === root,
      one: (entry: StoredEntry) => entry.parent === root.key,
      sub: (entry: StoredEntry) => entry === root || entry.key.endsWith(`,${root.key}`),
    }[scope];
    const context = this.#contextOf(root.key);
    const reached = new Map<string, Set<string>>();
    const matches = matcher(wanted);
    return this.#candidates(root, scope, wanted)
      .filter((entry) => inScope(entry) && this.#contextOf(entry.key) === context)
      .filter((entry) => options.showDeleted || !isDeleted(entry))
      .filter((entry) => matches(this.#candidate(entry, reached)))
      .sort((a, b) => a.order - b.order)
      .map((entry) => this.#visible(entry));
  }

  /** URLs at which a search of that base goes on: naming contexts below it (MS-ADTS 3.1.1.4.7). */
  continuations(base: string, scope: Scope): string[] {
    return continuations(namingContexts(this.#table, this.configurationDn), this.#require(base).key, scope);
  }

  /** SIDs of the groups that a user or computer is in, through others too; see tokenGroups(). */
  async tokenGroups(dn: string): Promise<Buffer[]> {
    return tokenGroups(this.#table, this.#require(dn), sidOctets(this.domainSid));
  }

  /** False for what it does not have, too. Throws LdapFailure 32 where there is no entry. */
  async compare(dn: string, name: string, value: Value): Promise<boolean> {
    const entry = this.#require(dn);
    const values = name.toLowerCase() === 'distinguishedname' ? [entry.dn] : this.#table.values(entry, name);
    const key = valueKey(name, value);
    return values.some((each) => valueKey(name, each) === key);
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
    if (changes.length === 0) throw refusal.unwilling();
    const naming = ['name', 'distinguishedname', parseDn(entry.dn)[0]!.type.toLowerCase()];
    const names = changes.map((change) => change.attribute.toLowerCase());
    if (names.some((name) => naming.includes(name))) throw refusal.namingAttribute();
    if (names.includes('objectclass')) throw refusal.classViolation();
    const next = changed(entry, changes);
    requireSamAgrees(entry, next);
    const groups = [entry, next].map((each) => primaryGroupOf(this.#table, each, sidOctets(this.domainSid)));
    const isAccount = entry.attributes.has('primarygroupid');
    const changedGroups = isAccount ? swapped(this.#table, entry, groups[0]!, groups[1]!) : [];
    this.#commit(next);
    for (const group of changedGroups) this.#stamp(group);
  }

  /** Sets an attribute as a partner might bring it: what a write of a client's would be refused for is not asked. */
  overwrite(dn: string, name: string, values: Value[]): void {
    this.#stamp(changed(this.#requireLive(dn), [{ operation: 'replace', attribute: name, values }]));
  }

  /** Makes it a deleted object: it keeps its GUID and little else, and no link from or to it is left. */
  async remove(dn: string): Promise<void> {
    const entry = this.#requireLive(dn);
    if (this.#table.children(entry.key).length > 0 && !this.#contexts.includes(entry.key)) {
      requireDeletable(entry, false);
      throw refusal.hasChildren();
    }
    requireDeletable(entry, this.#contexts.includes(entry.key));
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
      schemaDn: this.schemaDn,
    });
    this.#commit(entry);
  }

  #commit(entry: StoredEntry): void {
    fillSam(entry);
    checkEntry(entry, {
      table: this.#table,
      hasAttribute: (name) => this.#hasAttribute(name),
      isElsewhere: (key) => this.#isElsewhere(key),
    });
    this.#stamp(entry);
  }

  /** `write` is what a partner has made of it already; absent where this DC writes. */
  #stamp(entry: StoredEntry, write?: number): void {
    this.#updates++;
    this.#log.note(guidOf(entry), write ?? ++this.#writes.last);
    const attributes = new Map(entry.attributes);
    attributes.set('whenchanged', [generalizedTime(this.#now())]);
    attributes.set('usnchanged', [String(this.#updates)]);
    this.#table.put({ ...entry, attributes });
    if (write === undefined) this.onWrite?.();
  }

  /** What is deleted cannot be changed (MS-ADTS 3.1.1.5.3.2): it could only be brought back. */
  #requireLive(dn: string): StoredEntry {
    const entry = this.#require(dn);
    if (isDeleted(entry)) throw refusal.unwilling();
    return entry;
  }

  /** Throws LdapFailure 10 for what is in no context of this DC, 32 for what is not there. */
  #require(dn: string): StoredEntry {
    const key = keyOfName(this.#table, dn);
    const entry = key === null ? undefined : this.#table.get(key);
    if (entry) return entry;
    if (key === null) throw refusal.noObject('');
    const elsewhere = referralFor(namingContexts(this.#table, this.configurationDn), this.#contexts, dn);
    if (elsewhere) throw refusal.referral(elsewhere.host, elsewhere.url);
    throw refusal.noObject(this.#bestMatch(dn));
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

  /** In a naming context that the forest has and this DC has not: the nearest crossRef above decides. */
  #isElsewhere(key: string): boolean {
    const partitions = this.#table.children(dnKey(`CN=Partitions,${this.configurationDn}`));
    const heads = partitions
      .flatMap(({ attributes }) => attributes.get('ncname') ?? [])
      .map((dn) => dnKey(String(dn)));
    const above = heads.filter((head) => key === head || key.endsWith(`,${head}`));
    const nearest = above.sort((a, b) => b.length - a.length)[0];
    return nearest !== undefined && !this.#contexts.includes(nearest);
  }

  #kindOf(context: string | undefined): ContextKind {
    if (context === dnKey(this.schemaDn)) return 'schema';
    return context === dnKey(this.configurationDn) ? 'configuration' : 'domain';
  }

  #hasAttribute(name: string): boolean {
    return isKnownAttribute(name) && (!isDmsaAttribute(name) || this.#hasSchemaObject(name));
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
