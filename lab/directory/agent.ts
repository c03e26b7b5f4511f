import { parseDn } from '../../src/directory/dn.ts';
import type { Contexts } from './contexts.ts';
import type { EntryTable } from './entry-table.ts';
import { named } from './naming.ts';
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
import type { StoredEntry } from './stored-entry.ts';
import { dnKey } from './values.ts';

/** What an agent works on. */
export interface AgentOptions {
  table: EntryTable;
  contexts: Contexts;
  /** Of a DC of the same forest that is there already. */
  partner: ReplicationAgent | null;
  /** Writes an entry: as a write of this DC, or as the one that a partner has made of it. */
  stamp(entry: StoredEntry, write?: number): void;
  /** The number that the next write gets. */
  nextUpdate(): number;
}

/** The part of a DC that replicates: it keeps what was written, and takes over what partners have written. */
export class ReplicationAgent {
  readonly #log = new ReplicaLog();
  readonly #writes: ForestWrites;
  readonly #options: AgentOptions;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#writes = options.partner ? options.partner.#writes : { last: 0 };
  }

  /** Has to be told of every write. */
  wrote(entry: StoredEntry, write = ++this.#writes.last): void {
    this.#log.note(guidOf(entry), write);
  }

  /**
   * Takes over what the partner has of the naming contexts that both hold, as far as it is news. `position` is where
   * the last pull from it ended; gives back where this one did.
   */
  pull(partner: ReplicationAgent, position: number): number {
    const { contexts } = this.#options;
    const objects = partner.#changedSince(position).filter(({ context }) => contexts.isHead(context));
    const waiting = new Map(objects.map((object) => [object.guid, object]));
    for (const object of objects) this.#take(object, waiting);
    return partner.#log.length;
  }

  /** What stands above others comes first. */
  #changedSince(position: number): ReplicatedObject[] {
    const { table, contexts } = this.#options;
    const objects = this.#log.since(position).map((guid) => {
      const entry = byGuid(table, guid)!;
      return outgoing(table, entry, {
        context: contexts.contextOf(entry.key)!,
        write: this.#log.writeOf(guid),
      });
    });
    return objects.sort((a, b) => parseDn(a.dn).length - parseDn(b.dn).length);
  }

  /** Of two objects of one name, that of the older write gets another; one that has left its name is no rival. */
  #take(object: ReplicatedObject, waiting: Map<string, ReplicatedObject>): void {
    const { table, stamp } = this.#options;
    if (!waiting.delete(object.guid) || !this.#log.isNews(object.guid, object.write)) return;
    const there = this.#rivalOf(object);
    const leaving = there && waiting.get(guidOf(there));
    if (leaving) this.#take(leaving, waiting);
    const rival = this.#rivalOf(object);
    if (rival && this.#log.writeOf(guidOf(rival)) > object.write) {
      stamp(named(this.#incoming({ ...object, dn: conflictDn(object.dn, object.guid) })));
      return;
    }
    if (rival) stamp(named(table.relocate(rival.key, conflictDn(rival.dn, guidOf(rival)), rival.parent!)));
    stamp(this.#incoming(object), object.write);
  }

  #incoming(object: ReplicatedObject): StoredEntry {
    return incoming(this.#options.table, object, this.#options.nextUpdate());
  }

  /** Another object that has its DN here. */
  #rivalOf(object: ReplicatedObject): StoredEntry | undefined {
    const there = this.#options.table.get(dnKey(object.dn));
    return there && guidOf(there) !== object.guid ? there : undefined;
  }
}
