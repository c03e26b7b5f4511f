import type { Entry, Value } from '../../src/directory/entry.ts';
import { dmsaClass } from '../../src/directory/schema.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import type { DirectoryStore } from '../store.ts';
import { ReplicationAgent } from './agent.ts';
import { isKnownAttribute } from './attributes.ts';
import { changed, type EntryChange } from './changes.ts';
import { Contexts } from './contexts.ts';
import { createEntry, parentKey } from './creation.ts';
import { continuations, namingContexts } from './crossrefs.ts';
import { deletedObjectsDn, graveyard, isDeleted, tombstoneAttributes, tombstoneDn } from './deletion.ts';
import { refusal } from './diagnostics.ts';
import { EntryTable } from './entry-table.ts';
import type { LdapFilter } from './filter.ts';
import { generalizedTime } from './generalized-time.ts';
import { bestMatch, required, requiredLive } from './lookup.ts';
import { named } from './naming.ts';
import { regrouped } from './primary-group.ts';
import { requireModifiable, requireRemovable, requireSamAgrees } from './protection.ts';
import { newName, type Rename, renamedDn } from './renaming.ts';
import { checkEntry } from './rules.ts';
import { fillSam, firstRid } from './sam.ts';
import { matching, type Scope, type Searched, visible } from './searching.ts';
import { type DomainOptions, isDmsaAttribute, seedChildDomain, seedDomain } from './seed.ts';
import type { StoredEntry } from './stored-entry.ts';
import { tokenGroups } from './token-groups.ts';
import { dnKey, valueKey } from './values.ts';

export interface StoreOptions extends DomainOptions {
  /** A DC of the same forest that is there already: of the same domain, or of the one above it. */
  partner?: MemoryStore;
  /** The first RID that this DC gives out; each DC of a domain has a pool of its own (MS-ADTS 3.1.1.1.12). */
  firstRid?: number;
}

/**
 * A domain's directory in memory. It keeps what a DC keeps by itself: identifiers, times, update numbers, back links
 * and the constraints of the schema. Every refusal is an LdapFailure in AD's words.
 */
export class MemoryStore implements DirectoryStore {
  readonly baseDn: string;
  /** The first domain of the forest. */
  readonly rootDomainDn: string;
  readonly configurationDn: string;
  readonly schemaDn: string;
  readonly domainSid: string;
  /** DNS name of the DC that serves this directory. */
  readonly dnsHostName: string;
  readonly now: () => Date;
  /** What is told of each write, once it is done; for replication. */
  onWrite: (() => void) | null = null;
  /** Values of msDS-NCReplInboundNeighbors of a naming context: what this DC knows of its partners. */
  neighbors: (contextDn: string) => string[] | Promise<string[]> = () => [];
  readonly #table = new EntryTable(dnKey);
  readonly #contexts: Contexts;
  readonly #agent: ReplicationAgent;
  readonly #searched: Searched;
  #nextRid: number;
  #updates = 0;

  constructor(options: StoreOptions) {
    const { partner } = options;
    const contexts = new Contexts(options.baseDn, partner?.rootDomainDn ?? options.baseDn);
    this.#contexts = contexts;
    this.baseDn = contexts.baseDn;
    this.rootDomainDn = contexts.rootDomainDn;
    this.configurationDn = contexts.configurationDn;
    this.schemaDn = contexts.schemaDn;
    this.#nextRid = options.firstRid ?? firstRid;
    this.domainSid = options.domainSid;
    this.dnsHostName = options.dnsHostName;
    this.now = options.now;
    const held = { table: this.#table, contexts };
    this.#searched = { ...held, hasAttribute: (name) => this.#hasAttribute(name) };
    this.#agent = new ReplicationAgent({
      ...held,
      partner: partner ? partner.#agent : null,
      stamp: (entry, write) => this.#stamp(entry, write),
      nextUpdate: () => this.#updates + 1,
    });
    if (partner) this.pull(partner, 0);
    if (partner?.baseDn === this.baseDn) return;
    const objects = partner ? seedChildDomain(options, this) : seedDomain(options);
    for (const { dn, attributes } of objects) this.#create(dn, attributes);
    for (const context of partner ? [this.baseDn] : [this.baseDn, this.configurationDn])
      this.#create(deletedObjectsDn(context), graveyard);
  }

  /** Takes over what another DC of the forest has; see ReplicationAgent.pull(). */
  pull(partner: MemoryStore, position: number): number {
    return this.#agent.pull(partner.#agent, position);
  }

  /** `highestCommittedUSN`: one more after each write. */
  get updates(): number {
    return this.#updates;
  }

  async read(dn: string): Promise<Entry | null> {
    const entry = this.#table.get(dnKey(dn));
    return entry && !isDeleted(entry) ? visible(this.#table, entry) : null;
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
    const found = matching(this.#searched, root, {
      scope,
      filter,
      showDeleted: options.showDeleted ?? false,
    });
    return found.map((entry) => visible(this.#table, entry));
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
    const changes = Object.entries(attributes).map(([name, values]): EntryChange => {
      return { operation: 'replace', attribute: name, values };
    });
    await this.modify(dn, changes);
  }

  /** Makes all the changes or none. */
  async modify(dn: string, changes: EntryChange[]): Promise<void> {
    const entry = this.#requireLive(dn);
    requireModifiable(entry, changes);
    const next = changed(entry, changes);
    requireSamAgrees(entry, next);
    const groups = regrouped(this.#table, entry, next, sidOctets(this.domainSid));
    this.#commit(next);
    for (const group of groups) this.#stamp(group);
  }

  /** Sets an attribute as a partner might bring it: what a write of a client's would be refused for is not asked. */
  overwrite(dn: string, name: string, values: Value[]): void {
    this.#stamp(changed(this.#requireLive(dn), [{ operation: 'replace', attribute: name, values }]));
  }

  /** Makes it a deleted object: it keeps its GUID and little else, and no link from or to it is left. */
  async remove(dn: string): Promise<void> {
    const entry = this.#requireLive(dn);
    requireRemovable(this.#table, entry, this.#contexts.isHead(entry.key));
    const context = this.#table.get(this.#contexts.contextOf(entry.key)!)!;
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
    if (this.#contexts.isHead(key)) throw refusal.unwilling();
    const parent = rename.newSuperior === null ? parentKey(dn) : dnKey(rename.newSuperior);
    const superior = this.#table.get(parent);
    if (!superior)
      throw rename.newSuperior === null ? refusal.noObject(bestMatch(this.#table, dn)) : refusal.noParent();
    const entry = this.#requireLive(dn);
    const newDn = renamedDn(entry, superior, name, {
      table: this.#table,
      contextOf: (each) => this.#contexts.contextOf(each),
      kindOf: (context) => this.#contexts.kindOf(context),
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
      now: this.now(),
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
      isElsewhere: (key) => this.#contexts.isElsewhere(this.#table, key),
    });
    this.#stamp(entry);
  }

  /** `write` is what a partner has made of it already; absent where this DC writes. */
  #stamp(entry: StoredEntry, write?: number): void {
    this.#updates++;
    this.#agent.wrote(entry, write);
    const attributes = new Map(entry.attributes);
    attributes.set('whenchanged', [generalizedTime(this.now())]);
    attributes.set('usnchanged', [String(this.#updates)]);
    this.#table.put({ ...entry, attributes });
    if (write === undefined) this.onWrite?.();
  }

  #require(dn: string): StoredEntry {
    return required(this.#table, this.#contexts, dn);
  }

  #requireLive(dn: string): StoredEntry {
    return requiredLive(this.#table, this.#contexts, dn);
  }

  #hasAttribute(name: string): boolean {
    return isKnownAttribute(name) && (!isDmsaAttribute(name) || this.#hasSchemaObject(name));
  }

  #hasSchemaObject(name: string): boolean {
    return this.#table.get(dnKey(`CN=${name},${this.schemaDn}`)) !== undefined;
  }
}
