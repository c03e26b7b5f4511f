import { childDn, normalDn } from '../src/directory/dn.ts';
import { type Entry, octets } from '../src/directory/entry.ts';
import { guidText } from '../src/directory/guid.ts';
import { dnsNameOf } from './directory/forest.ts';
import type { MemoryStore } from './directory/memory-store.ts';
import { type Neighbor, neighborXml } from './directory/neighbors.ts';

/** One DC that takes part: what it holds, and whether it answers. */
export interface Replica {
  name: string;
  store: MemoryStore;
  isUp(): boolean;
}

interface Link {
  /** Where the log of the source was last read to. */
  position: number;
  lastSuccess: Date | null;
  lastAttempt: Date | null;
  lastResult: number;
  failures: number;
}

/** RPC_S_SERVER_UNAVAILABLE (MS-ERREF 2.2). */
const unavailable = 1722;

/**
 * Replication between the DCs of the lab's forest. By itself each write reaches the others at once; a test that wants
 * lag says `automatic = false` and calls `replicate()`. What a DC knows of its partners is what
 * msDS-NCReplInboundNeighbors tells.
 */
export class Replication {
  /** Whether a write reaches the other DCs without being told to. */
  automatic = true;
  readonly #clock: () => Date;
  readonly #replicas: Replica[] = [];
  /** By the names of destination and source. */
  readonly #links = new Map<string, Link>();
  #broken = false;
  #running = false;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  add(replica: Replica): void {
    const now = this.#clock();
    const fresh = () => ({ position: 0, lastSuccess: now, lastAttempt: now, lastResult: 0, failures: 0 });
    for (const other of this.#replicas) {
      this.#links.set(linkKey(replica, other), fresh());
      this.#links.set(linkKey(other, replica), fresh());
    }
    this.#replicas.push(replica);
    replica.store.onWrite = () => this.#settle();
    replica.store.neighbors = (contextDn) => this.#neighborsOf(replica, contextDn);
    this.#settle();
  }

  /** Tells every DC that answers what the others have written, until there is nothing left to tell. */
  replicate(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#round());
    } finally {
      this.#running = false;
    }
  }

  /** From now on nothing reaches anyone, and each DC says that it has failed since then. */
  break(since: Date): void {
    this.#broken = true;
    for (const link of this.#links.values()) link.lastSuccess = since;
    this.#round();
  }

  mend(): void {
    this.#broken = false;
    this.#settle();
  }

  /** A DC is back: where replication goes by itself, it learns what it missed. */
  caughtUp(): void {
    this.#settle();
  }

  #settle(): void {
    if (this.automatic) this.replicate();
  }

  /** Whether anything was new to anyone. */
  #round(): boolean {
    const moved = this.#replicas.flatMap((to) =>
      this.#replicas.filter((from) => from !== to && to.isUp()).map((from) => this.#sync(to, from)),
    );
    return moved.includes(true);
  }

  #sync(to: Replica, from: Replica): boolean {
    const link = this.#links.get(linkKey(to, from))!;
    link.lastAttempt = this.#clock();
    if (this.#broken || !from.isUp()) {
      link.lastResult = unavailable;
      link.failures += 1;
      return false;
    }
    const before = link.position;
    link.position = to.store.pull(from.store, before);
    Object.assign(link, { lastSuccess: link.lastAttempt, lastResult: 0, failures: 0 });
    return link.position > before;
  }

  async #neighborsOf(replica: Replica, contextDn: string): Promise<string[]> {
    // Partners are asked again and again, also where nothing is written.
    this.#settle();
    const context = normalDn(contextDn);
    const partners = this.#replicas.filter(
      (other) => other !== replica && holds(other, context) && holds(replica, context),
    );
    const neighbors = partners.map((partner) => this.#neighbor(replica, partner, contextDn));
    return (await Promise.all(neighbors)).map(neighborXml);
  }

  async #neighbor(to: Replica, from: Replica, namingContext: string): Promise<Neighbor> {
    const { position, ...link } = this.#links.get(linkKey(to, from))!;
    const { store } = to;
    const agent = await agentOf(store, from.name);
    const sourceDsaGuid = guidText(octets(agent, 'objectGUID')!);
    return {
      namingContext,
      namingContextGuid: guidText(octets((await store.read(namingContext))!, 'objectGUID')!),
      sourceDsaDn: agent.dn,
      sourceDsaAddress: `${sourceDsaGuid}._msdcs.${dnsNameOf(store.rootDomainDn)}`,
      sourceDsaGuid,
      sourceDsaInvocationId: guidText(octets(agent, 'invocationId')!),
      ...link,
    };
  }
}

/** The NTDS DSA object of a DC, below the server object that has its name (MS-ADTS 6.1.1.2.2.1.2). */
async function agentOf(store: MemoryStore, dnsHostName: string): Promise<Entry> {
  const sites = childDn('CN', 'Sites', store.configurationDn);
  for (const server of await store.find(sites, 'dNSHostName', dnsHostName)) {
    const agent = await store.read(childDn('CN', 'NTDS Settings', server.dn));
    if (agent) return agent;
  }
  throw new Error(`${dnsHostName} is no domain controller`);
}

function holds({ store }: Replica, context: string): boolean {
  return [store.baseDn, store.configurationDn, store.schemaDn].some((dn) => normalDn(dn) === context);
}

function linkKey(to: Replica, from: Replica): string {
  return `${to.name} ${from.name}`;
}
