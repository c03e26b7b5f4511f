import { DmsaError } from '../domain/errors/errors.ts';
import { batches } from '../domain/plan/plan.ts';
import { sameDn } from './dn.ts';
import type { Entry } from './entry.ts';
import { all, either, type Filter } from './filters.ts';

/** Reading a domain over LDAPS. One connection, opened for one activity and closed with it. */
export interface Directory {
  /** Names of the DC that answers now: another DC's after the connection has moved. */
  rootDse(): RootDse;
  /** The entry, or null where there is none (result 32). */
  read(dn: string, attributes: string[]): Promise<Entry | null>;
  /** Every match, paged. */
  search(base: string, options: SearchOptions): Promise<Entry[]>;
  close(): Promise<void>;
}

/** Names and time that a DC gives when it is connected to (MS-ADTS 3.1.1.3.2). */
export interface RootDse {
  /** URL of the DC, for messages. */
  server: string;
  /** DNS name of the DC, lower case (`dnsHostName`): what evidence names, and what a migration keeps. */
  dc: string;
  /** The DC's own clock when the connection was made; null where it does not tell. */
  clock: DirectoryClock | null;
  /** DN of the domain the DC holds (`defaultNamingContext`). */
  baseDn: string;
  /** DN of the forest's first domain (`rootDomainNamingContext`); the same as `baseDn` in a forest of one. */
  rootDomainDn: string;
  /** `configurationNamingContext`. */
  configurationDn: string;
  /** `schemaNamingContext`. */
  schemaDn: string;
}

/** `currentTime` of the rootDSE (MS-ADTS 3.1.1.3.2.3), which is exact to the second. */
export interface DirectoryClock {
  /** Milliseconds since 1970. */
  time: number;
  /**
   * By the worker's clock that nobody sets (`performance.now()`), when it was read: what has passed since has to be
   * added.
   */
  readAt: number;
}

export interface SearchOptions {
  scope: 'base' | 'one' | 'sub';
  filter: Filter;
  attributes: string[];
  /** OIDs of controls without a value, sent as not critical: a server that does not know one ignores it. */
  controls?: string[];
  /**
   * Called with each URL (`ldap://child.contoso.com/DC=child,DC=contoso,DC=com`) of what is below the base and was not
   * searched: other naming contexts, such as child domains and DomainDnsZones (MS-ADTS 3.1.1.3.1.4). References are
   * not followed; otherDomains() in references.ts tells those apart that can hold accounts.
   */
  onReference?: (url: string) => void;
}

export interface ConnectOptions {
  /** Aborting it closes the connection. */
  signal?: AbortSignal;
  /**
   * DNS name of the DC to ask before all others: one DC is kept for one migration until it fails, so that what one DC
   * has not learned from another yet is not read as drift. A name that no setting has is no wish.
   */
  prefer?: string;
  /** DNS name of the only DC to ask, as when DCs are compared. */
  only?: string;
}

/** Opens a connection. Throws DmsaError: DIRECTORY_UNREACHABLE, CERTIFICATE_INVALID, BIND_REFUSED, DIRECTORY_BUSY. */
export type ConnectDirectory = (options?: ConnectOptions) => Promise<Directory>;

/** Every match in the domain of the DC, at any depth. */
export function searchDomain(
  directory: Directory,
  filter: Filter,
  attributes: string[],
  more: Pick<SearchOptions, 'controls' | 'onReference'> = {},
): Promise<Entry[]> {
  return directory.search(directory.rootDse().baseDn, { scope: 'sub', filter, attributes, ...more });
}

/** OR filters of this many terms stay well under the 10,000 octets that small DCs accept. */
const termsPerSearch = 200;

/** Every match in the domain of any of `filters`, and of `and`: a search for every 200, none where there are none. */
export async function searchForAny(
  directory: Directory,
  filters: Filter[],
  attributes: string[],
  and: Filter[] = [],
): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const some of batches(filters, termsPerSearch)) {
    const filter = and.length > 0 ? all(...and, either(...some)) : either(...some);
    for (const entry of await searchDomain(directory, filter, attributes)) found.push(entry);
  }
  return found;
}

/**
 * Reads again where the connection has moved to another DC meanwhile: two DCs are never read as one. Throws
 * DIRECTORY_UNREACHABLE where it keeps moving.
 */
export async function fromOneDc<T>(directory: Directory, read: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 3; tries++) {
    const { dc } = directory.rootDse();
    const found = await read();
    if (directory.rootDse().dc === dc) return found;
  }
  const { server } = directory.rootDse();
  const message = `${server}: the connection moves from one domain controller to another again and again`;
  throw new DmsaError('DIRECTORY_UNREACHABLE', server, message);
}

/**
 * The DC that a migration keeps: the one that was read, unless it is none that the cmdlets can be sent to, as where
 * only older ones are in the settings; then it stays with the one it has.
 */
export function serverToKeep(dc: string, capableDcs: string[], kept: string): string {
  return capableDcs.find((name) => name.toLowerCase() === dc) ?? kept;
}

/** Reads with one connection, which is closed whatever happens. */
export async function withDirectory<T>(
  connect: ConnectDirectory,
  options: ConnectOptions,
  read: (directory: Directory) => Promise<T>,
): Promise<T> {
  const directory = await connect(options);
  try {
    return await read(directory);
  } finally {
    await directory.close();
  }
}

/**
 * Reads one domain with one connection: on a DC of another domain everything would seem to be gone. Throws
 * DIRECTORY_UNREACHABLE where such a DC is the only one that answers.
 */
export async function withDomain<T>(
  connect: ConnectDirectory,
  options: ConnectOptions,
  { domain }: { domain: { baseDn: string } },
  read: (directory: Directory) => Promise<T>,
): Promise<T> {
  return await withDirectory(connect, options, async (directory) => {
    const { server, baseDn } = directory.rootDse();
    if (sameDn(baseDn, domain.baseDn)) return await read(directory);
    const message = `${server}: no domain controller of ${domain.baseDn} answers; this one is of ${baseDn}`;
    throw new DmsaError('DIRECTORY_UNREACHABLE', server, message);
  });
}
