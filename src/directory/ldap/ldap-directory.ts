import { isUtf8 } from 'node:buffer';

import { type Client, type Entry as ClientEntry, Control } from 'ldapts';

import { DmsaError } from '../../domain/errors/errors.ts';
import type { Directory, RootDse, SearchOptions } from '../directory.ts';
import { parseDn } from '../dn.ts';
import { type Entry, text, type Value } from '../entry.ts';
import { present } from '../filters.ts';
import { parseGeneralizedTime } from '../generalized-time.ts';
import { binaryAttributes } from '../schema.ts';
import type { LdapGuard } from './ber-guard.ts';
import { directoryError, isNoSuchObject, oneLine } from './ldap-errors.ts';
import { defaultLimits, type LdapLimits } from './limits.ts';
import { withWholeAttributes } from './ranges.ts';

const pageSize = 500;
const timeLimitSeconds = 30;
const binary = new Set(binaryAttributes.map((name) => name.toLowerCase()));
const anything = present('objectClass');
const contextAttributes = [
  'defaultNamingContext',
  'configurationNamingContext',
  'schemaNamingContext',
  'rootDomainNamingContext',
  'dnsHostName',
  'currentTime',
];

export interface LdapConnection {
  client: Client;
  /** Guard between client and server; without it, malformed answers hang the client. */
  guard?: LdapGuard;
  limits?: LdapLimits;
  /** The DC's URL. */
  server: string;
  signal: AbortSignal | null;
  /** Called once the connection is closed. */
  release(): void;
}

/** A bound connection. Its rootDSE names nothing until readRootDse() has been awaited. */
export class LdapDirectory implements Directory {
  readonly #server: string;
  readonly #connection: LdapConnection;
  readonly #limits: LdapLimits;
  #rootDse: RootDse;

  constructor(connection: LdapConnection) {
    this.#connection = connection;
    this.#limits = connection.limits ?? defaultLimits;
    const { server } = connection;
    this.#server = server;
    const unread = { baseDn: '', configurationDn: '', schemaDn: '', rootDomainDn: '' };
    this.#rootDse = { server, dc: '', clock: null, ...unread };
  }

  rootDse(): RootDse {
    return this.#rootDse;
  }

  /** Throws DIRECTORY_REFUSED where the server is no domain controller. */
  async readRootDse(): Promise<void> {
    const server = this.#server;
    const rootDse = await this.read('', contextAttributes);
    const [baseDn, configurationDn, schemaDn, rootDomainDn, dc, currentTime] = contextAttributes.map(
      (name) => rootDse && text(rootDse, name),
    );
    if (!baseDn || !configurationDn || !schemaDn || !rootDomainDn || !dc) {
      const message = `${server}: no domain controller: its rootDSE names no naming contexts`;
      throw new DmsaError('CONTROLLER_UNSUITABLE', server, message);
    }
    const time = parseGeneralizedTime(currentTime ?? '');
    const clock = time === null ? null : { time, readAt: performance.now() };
    this.#rootDse = { server, dc: dc.toLowerCase(), clock, baseDn, rootDomainDn, configurationDn, schemaDn };
  }

  async read(dn: string, attributes: string[]): Promise<Entry | null> {
    const entry = await this.#readOnce(dn, attributes);
    return entry && (await this.#whole(entry));
  }

  async search(base: string, options: SearchOptions): Promise<Entry[]> {
    const entries: Entry[] = [];
    try {
      for await (const found of this.#pages(base, options)) {
        for (const entry of found) entries.push(entry);
      }
    } catch (error) {
      throw this.#failure(error);
    }
    for (const [index, entry] of entries.entries()) entries[index] = await this.#whole(entry);
    return entries;
  }

  /** Never rejects: a connection that cannot say goodbye is gone all the same. */
  async close(): Promise<void> {
    await this.#connection.client.unbind().catch(() => undefined);
    this.#connection.release();
  }

  async #readOnce(dn: string, attributes: string[]): Promise<Entry | null> {
    try {
      for await (const [entry] of this.#pages(dn, { scope: 'base', filter: anything, attributes })) {
        if (entry) return entry;
      }
      return null;
    } catch (error) {
      if (isNoSuchObject(error)) return null;
      throw this.#failure(error);
    }
  }

  async #whole(entry: Entry): Promise<Entry> {
    return await withWholeAttributes(entry, (dn, attributes) => this.#readOnce(dn, attributes), this.#limits);
  }

  /** One page after the other, until the server has no more, or a limit is reached; a base search has one. */
  async *#pages(base: string, options: SearchOptions): AsyncGenerator<Entry[]> {
    const { client, guard } = this.#connection;
    const { scope, filter, onReference, controls = [] } = options;
    if (!client.isConnected) throw new Error('the connection was lost');
    const attributes = distinct(options.attributes);
    const wanted = {
      scope,
      filter,
      attributes,
      timeLimit: timeLimitSeconds,
      paged: { pageSize },
      explicitBufferAttributes: everyAttribute,
    };
    const valueless = controls.map((type) => new Control(type));
    const ask = async function* () {
      if (scope === 'base') yield await client.search(base, { ...wanted, paged: false }, valueless);
      else yield* client.searchPaginated(base, wanted, valueless);
    };
    const before = guard?.received ?? 0;
    let [pages, entries] = [0, 0];
    for await (const { searchEntries, searchReferences } of ask()) {
      pages++;
      entries += searchEntries.length;
      this.#limit(base, 'entries', entries, this.#limits.entries);
      this.#limit(base, 'pages', pages, this.#limits.pages);
      this.#limit(base, 'octets', (guard?.received ?? 0) - before, this.#limits.searchOctets);
      for (const url of searchReferences) onReference?.(url);
      yield searchEntries.map((entry) => this.#entry(entry));
    }
  }

  #limit(base: string, what: string, found: number, most: number): void {
    if (found <= most) return;
    const message = `${this.#server}: the search below "${base}" has more than ${most} ${what}, and no more are read`;
    throw new DmsaError('DIRECTORY_LIMIT', this.#server, message);
  }

  /** ldapts unwraps single values, and gives an empty list for what was asked for and is absent. */
  #entry({ dn, ...rest }: ClientEntry): Entry {
    try {
      parseDn(dn);
    } catch (cause) {
      const reason = oneLine(cause instanceof Error ? cause.message : String(cause));
      throw new DmsaError('DIRECTORY_ANSWER_INVALID', this.#server, `${this.#server}: ${reason}`, { cause });
    }
    const attributes = Object.entries(rest).map(([name, found]): [string, Value[]] => {
      const list = Array.isArray(found) ? found : [found];
      return [name, list.map((value) => decoded(name, Buffer.from(value)))];
    });
    return { dn, attributes: Object.fromEntries(attributes.filter(([, list]) => list.length > 0)) };
  }

  #failure(error: unknown): unknown {
    const { signal, guard } = this.#connection;
    if (signal?.aborted) return signal.reason;
    return error instanceof DmsaError ? error : (guard?.failure ?? directoryError(this.#server, error));
  }
}

/**
 * ldapts gives the octets of the attributes that this list includes. It compares names as they are written, which a
 * server may do in another way, and it loses a byte order mark where it decodes; so all of them are decoded here.
 */
const everyAttribute: string[] = Object.assign([], { includes: () => true });

/** Octets where the attribute's syntax is binary, and where they are no text. */
function decoded(name: string, octets: Buffer): Value {
  return isBinary(name) || !isUtf8(octets) ? octets : octets.toString();
}

/** A name that is asked for twice, in whatever case, is asked for once. */
function distinct(names: string[]): string[] {
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...byName.values()];
}

/** Whatever options the attribute has, such as a range. */
function isBinary(name: string): boolean {
  return binary.has(name.toLowerCase().replace(/;.*$/, ''));
}
