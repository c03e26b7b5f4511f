import { childDn } from '../../directory/dn.ts';
import { type Entry, octets } from '../../directory/entry.ts';
import { sidOctets, sidText } from '../../directory/sid.ts';
import type { DirectoryStore } from '../store.ts';

/** Who is who in the directory, by the names that a topology calls them. */
export class Cast {
  readonly store: DirectoryStore;

  constructor(store: DirectoryStore) {
    this.store = store;
  }

  /** Common name, DNS name of a computer, or a SID, which becomes a foreign principal where nobody has it. */
  async find(name: string): Promise<Entry> {
    if (/^S-1-/.test(name)) return await this.#foreign(name);
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

  /** By SID also, where the directory has it. */
  async #foreign(sid: string): Promise<Entry> {
    const { store } = this;
    const [known] = await store.find(store.baseDn, 'objectSid', sidOctets(sid));
    if (known) return known;
    const dn = childDn('CN', sid, `CN=ForeignSecurityPrincipals,${store.baseDn}`);
    await store.add(dn, { objectClass: ['top', 'foreignSecurityPrincipal'], objectSid: [sidOctets(sid)] });
    return (await store.read(dn))!;
  }
}
