import type { Entry } from './entry.ts';

/** Reading a domain over LDAPS. One connection, opened for one activity and closed with it. */
export interface Directory {
  /** Where the connection is to: the DC's URL, for evidence and messages. */
  readonly server: string;
  /** DN of the domain the DC holds (`defaultNamingContext`). */
  readonly baseDn: string;
  /** `configurationNamingContext`. */
  readonly configurationDn: string;
  /** `schemaNamingContext`. */
  readonly schemaDn: string;
  /** The entry, or null where there is none (result 32). */
  read(dn: string, attributes: string[]): Promise<Entry | null>;
  /** Every match, paged; build filters with ldapts's escaping `escapeFilter` tag or its filter classes. */
  search(base: string, options: SearchOptions): Promise<Entry[]>;
  close(): Promise<void>;
}

export interface SearchOptions {
  scope: 'base' | 'one' | 'sub';
  filter: string;
  attributes: string[];
}

/** Opens a connection. Throws DmsaError: DIRECTORY_UNREACHABLE, CERTIFICATE_INVALID, BIND_REFUSED, DIRECTORY_BUSY. */
export type ConnectDirectory = (signal?: AbortSignal) => Promise<Directory>;

/** Reads with one connection, which is closed whatever happens. */
export async function withDirectory<T>(
  connect: ConnectDirectory,
  signal: AbortSignal | undefined,
  read: (directory: Directory) => Promise<T>,
): Promise<T> {
  const directory = await connect(signal);
  try {
    return await read(directory);
  } finally {
    await directory.close();
  }
}
