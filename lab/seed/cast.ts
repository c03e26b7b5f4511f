import { childDn } from '../../src/directory/dn.ts';
import { type Entry, octets } from '../../src/directory/entry.ts';
import { sidOctets, sidText } from '../../src/directory/sid.ts';
import { MemoryStore } from '../directory/memory-store.ts';
import type { DirectoryStore } from '../store.ts';

/** Who is who in the directory, by the names that a topology calls them. */
export class Cast {
  readonly store: DirectoryStore;

  constructor(store: DirectoryStore) {
    this.store = store;
  }

  /** By common name, or DNS name of a computer. */
  async find(name: string): Promise<Entry> {
    const found = await this.account(name.replace(/\..*$/, ''));
    if (!found) throw new Error(`the topology has nothing that is called ${name}`);
    return found;
  }

  /** By sAMAccountName, with or without the `$` of computers; null where there is none. */
  async account(name: string): Promise<Entry | null> {
    for (const each of [name, `${name}$`]) {
      const [entry] = await this.store.find(this.store.baseDn, 'sAMAccountName', each);
      if (entry) return entry;
    }
    return null;
  }

  /** A SID is taken as it is, whoever has it. */
  async sidOf(name: string): Promise<string> {
    return /^S-1-/.test(name) ? name : sidText(octets(await this.find(name), 'objectSid')!);
  }

  /** As a member: a DN. A SID that nobody has becomes a foreign principal. */
  async memberName(name: string): Promise<string> {
    return /^S-1-/.test(name) ? await this.#foreign(name) : (await this.find(name)).dn;
  }

  /** A DC makes the object by itself, where a member is named by its SID; Samba lets nobody else. */
  async #foreign(sid: string): Promise<string> {
    const { store } = this;
    const [known] = await store.find(store.baseDn, 'objectSid', sidOctets(sid));
    if (known) return known.dn;
    if (!(store instanceof MemoryStore)) return `<SID=${sid}>`;
    const dn = childDn('CN', sid, `CN=ForeignSecurityPrincipals,${store.baseDn}`);
    await store.add(dn, { objectClass: ['top', 'foreignSecurityPrincipal'], objectSid: [sidOctets(sid)] });
    return dn;
  }
}
