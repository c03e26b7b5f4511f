import type { Entry } from '../../src/directory/entry.ts';
import { OperationFailure } from '../ssh/operation-failure.ts';
import type { DirectoryStore } from '../store.ts';
import { domainControllerName } from '../topology.ts';

/** Both objects as they were before Complete, by the dMSA's DN in lower case. */
export type Completed = Map<string, { account: Entry; dmsa: Entry }>;

/** Event 3085 of the DC's Directory Service log, or 2946 when keys were fetched; fields as in dmsa-domain's table. */
export interface DcEvent {
  id: 3085 | 2946;
  at: string;
  operation: string;
  requestedBy: string;
  errorCode: string;
  account: string;
  dmsa: string;
}

/**
 * The domain's rules act on this: a directory, a clock, the DC's event log, and one thing at a time, as a DC has one
 * transaction at a time. LDAP clients, cmdlets and hosts all meet here.
 */
export class DomainController {
  /** DNS name. */
  readonly name: string;
  readonly store: DirectoryStore;
  readonly clock: () => Date;
  readonly events: DcEvent[] = [];
  /** From when on the Directory Service log has events: a DC logs its own start. Later where older ones were cut off. */
  logBeganAt: string;
  /** What Complete changed on the two objects, by dMSA: what Undo gives back. How a DC keeps it is not published. */
  readonly completed: Completed;
  #last: Promise<unknown> = Promise.resolve();

  /** DCs of one domain are given one `completed`: what one has completed, another can undo. */
  constructor(
    store: DirectoryStore,
    clock: () => Date,
    { name = domainControllerName, completed = new Map() }: { name?: string; completed?: Completed } = {},
  ) {
    this.name = name;
    this.completed = completed;
    this.store = store;
    this.clock = clock;
    this.logBeganAt = clock().toISOString();
  }

  /** Runs `work` after everything that was begun before it. */
  serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  log(event: Omit<DcEvent, 'at'>): void {
    this.events.push({ ...event, at: this.clock().toISOString() });
  }

  /** The entry; the cmdlets' own error where there is none. */
  async required(dn: string): Promise<Entry> {
    const entry = await this.store.read(dn);
    if (entry) return entry;
    const message = `Cannot find an object with identity: '${dn}' under: '${this.store.baseDn}'.`;
    throw new OperationFailure('NOT_FOUND', 'ObjectNotFound', message, dn);
  }
}
