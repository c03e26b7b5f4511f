import { type Client, type Entry as ClientEntry, Control, type Filter, PresenceFilter } from 'ldapts';

import { DmsaError } from '../domain/errors.ts';
import type { Directory, SearchOptions } from './directory.ts';
import { type Entry, text, type Value } from './entry.ts';
import { parseFilter } from './filter-text.ts';
import { directoryError, isNoSuchObject } from './ldap-errors.ts';
import { binaryAttributes } from './schema.ts';

const pageSize = 500;
const timeLimitSeconds = 30;
const binary = new Set(binaryAttributes.map((name) => name.toLowerCase()));
const anything = new PresenceFilter({ attribute: 'objectClass' });
const contextAttributes = [
  'defaultNamingContext',
  'configurationNamingContext',
  'schemaNamingContext',
  'rootDomainNamingContext',
  'dnsHostName',
];

export interface LdapConnection {
  client: Client;
  /** The DC's URL. */
  server: string;
  signal: AbortSignal | null;
  /** Called once the connection is closed. */
  release(): void;
}

/** A bound connection. Its naming contexts are empty until readRootDse() has been awaited. */
export class LdapDirectory implements Directory {
  readonly server: string;
  baseDn = '';
  configurationDn = '';
  schemaDn = '';
  rootDomainDn = '';
  dc = '';
  readonly #connection: LdapConnection;

  constructor(connection: LdapConnection) {
    this.#connection = connection;
    this.server = connection.server;
  }

  /** Throws DIRECTORY_REFUSED where the server is no domain controller. */
  async readRootDse(): Promise<void> {
    const [rootDse] = await this.#request('', { scope: 'base', attributes: contextAttributes }, anything);
    const [base, configuration, schema, rootDomain, dc] = contextAttributes.map(
      (name) => rootDse && text(rootDse, name),
    );
    if (!base || !configuration || !schema || !rootDomain || !dc) {
      const message = `${this.server}: no domain controller: its rootDSE names no naming contexts`;
      throw new DmsaError('DIRECTORY_REFUSED', this.server, message);
    }
    [this.baseDn, this.configurationDn, this.schemaDn] = [base, configuration, schema];
    [this.rootDomainDn, this.dc] = [rootDomain, dc.toLowerCase()];
  }

  async read(dn: string, attributes: string[]): Promise<Entry | null> {
    try {
      const [entry] = await this.#request(dn, { scope: 'base', attributes }, anything);
      return entry ?? null;
    } catch (error) {
      if (isNoSuchObject(error)) return null;
      throw this.#failure(error);
    }
  }

  async search(base: string, options: SearchOptions): Promise<Entry[]> {
    try {
      return await this.#request(base, options, parseFilter(options.filter));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Never rejects: a connection that cannot say goodbye is gone all the same. */
  async close(): Promise<void> {
    await this.#connection.client.unbind().catch(() => undefined);
    this.#connection.release();
  }

  async #request(
    base: string,
    { scope, attributes, controls = [] }: Omit<SearchOptions, 'filter'>,
    filter: Filter,
  ): Promise<Entry[]> {
    const { client } = this.#connection;
    // ldapts would connect again by itself, and not bind.
    if (!client.isBound) throw new Error('the connection was lost');
    const options = {
      scope,
      filter,
      attributes,
      timeLimit: timeLimitSeconds,
      paged: scope === 'base' ? false : { pageSize },
      explicitBufferAttributes: [...binaryAttributes, ...attributes.filter(isBinary)],
    };
    const { searchEntries } = await client.search(
      base,
      options,
      controls.map((type) => new Control(type)),
    );
    return searchEntries.map(toEntry);
  }

  #failure(error: unknown): unknown {
    const { signal } = this.#connection;
    return signal?.aborted ? signal.reason : directoryError(this.server, error);
  }
}

/** ldapts unwraps single values, and gives an empty list for what was asked for and is absent. */
function toEntry({ dn, ...rest }: ClientEntry): Entry {
  const attributes = Object.entries(rest).map(([name, found]): [string, Value[]] => {
    const list = Array.isArray(found) ? found : [found];
    return [name, list.map((value) => (isBinary(name) ? Buffer.from(value) : value))];
  });
  return { dn, attributes: Object.fromEntries(attributes.filter(([, list]) => list.length > 0)) };
}

function isBinary(name: string): boolean {
  return binary.has(name.toLowerCase());
}
