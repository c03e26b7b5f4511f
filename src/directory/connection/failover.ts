import { DmsaError, type ErrorCode, errorAbout } from '../../domain/errors/errors.ts';
import type { Directory, RootDse, SearchOptions } from '../directory.ts';
import { sameDn } from '../dn.ts';
import type { Entry } from '../entry.ts';
import type { Server } from './servers.ts';

type Open = (server: Server) => Promise<Directory>;

interface Connected {
  server: Server;
  directory: Directory;
}

/** Failures after which a connection is of no more use; the same question may be asked again on another. */
const lost: ReadonlySet<ErrorCode> = new Set([
  'DIRECTORY_UNREACHABLE',
  'DIRECTORY_TIMED_OUT',
  'DIRECTORY_ANSWER_INVALID',
]);

/** Failures of one DC after which nothing secret was told to it, or that will pass: the next one is tried. */
const next: ReadonlySet<ErrorCode> = new Set([
  ...lost,
  'DIRECTORY_BUSY',
  'CERTIFICATE_INVALID',
  'STARTTLS_REFUSED',
]);

/**
 * One DC at a time out of several. Where the connection is lost, as when a DC restarts, or closes what was idle for
 * MaxConnIdleTime (15 minutes, MS-ADTS 3.1.1.3.4.6), or where an operation has no answer in its time, the operation is
 * made again from its beginning on a new connection: to the same DC, then to each of the others, once around. All
 * operations read, so none can happen twice; and no answer is put together from two DCs.
 *
 * A certificate that is not accepted, or StartTLS refused, is a fault of that DC alone and nothing was told to it, so
 * the next is tried. A refused bind ends it: on another DC it would count towards the lockout of the same account.
 */
export class FailoverDirectory implements Directory {
  readonly #servers: Server[];
  readonly #open: Open;
  readonly #signal: AbortSignal | undefined;
  #current: Connected;
  /** Replacement that is under way; all operations that lost the connection wait for it. */
  #replacing: Promise<void> | null = null;
  #closed = false;

  private constructor(servers: Server[], signal: AbortSignal | undefined, open: Open, current: Connected) {
    this.#servers = servers;
    this.#open = open;
    this.#signal = signal;
    this.#current = current;
  }

  /** Opens to the first of the servers that answers. */
  static async connect(
    servers: Server[],
    signal: AbortSignal | undefined,
    open: Open,
  ): Promise<FailoverDirectory> {
    const current = await firstOf(servers, [], signal, open);
    return new FailoverDirectory(servers, signal, open, current);
  }

  rootDse(): RootDse {
    return this.#current.directory.rootDse();
  }

  read(dn: string, attributes: string[]): Promise<Entry | null> {
    return this.#perform((directory) => directory.read(dn, attributes));
  }

  /** References of a search that was cut off are forgotten with it. */
  search(base: string, options: SearchOptions): Promise<Entry[]> {
    const { onReference } = options;
    if (!onReference) return this.#perform((directory) => directory.search(base, options));
    return this.#perform(async (directory) => {
      const urls: string[] = [];
      const found = await directory.search(base, { ...options, onReference: (url) => urls.push(url) });
      for (const url of urls) onReference(url);
      return found;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#replacing?.catch(() => undefined);
    await this.#current.directory.close();
  }

  async #perform<T>(operation: (directory: Directory) => Promise<T>): Promise<T> {
    const failures: DmsaError[] = [];
    let untried: Server[] | null = null;
    for (;;) {
      const used = this.#current;
      try {
        return await operation(used.directory);
      } catch (error) {
        this.#signal?.throwIfAborted();
        if (this.#closed || !isLost(error)) throw error;
        failures.push(error);
      }
      untried ??= this.#around(used.server);
      // Each turn takes one server at the least, whoever replaced the connection: so it ends.
      if (untried.length === 0) throw allFailed(failures);
      await this.#replace(used, untried, failures);
      untried = untried.slice(Math.max(1, untried.indexOf(this.#current.server) + 1));
    }
  }

  /** Lists the same DC once more, then those that follow it, around to the one before it. */
  #around(server: Server): Server[] {
    const at = this.#servers.indexOf(server);
    return [...this.#servers.slice(at), ...this.#servers.slice(0, at)];
  }

  /** Puts another connection in the place of `used`, unless another operation has done so, or is about to. */
  async #replace(used: Connected, servers: Server[], failures: DmsaError[]): Promise<void> {
    if (this.#current !== used) return;
    this.#replacing ??= this.#reopen(used.directory, servers, failures).finally(() => {
      this.#replacing = null;
    });
    await this.#replacing;
  }

  async #reopen(before: Directory, servers: Server[], failures: DmsaError[]): Promise<void> {
    await before.close();
    const wanted = before.rootDse().baseDn;
    const opened = await firstOf(servers, failures, this.#signal, this.#open, (directory) => {
      const { baseDn } = directory.rootDse();
      return sameDn(baseDn, wanted) ? null : `it holds ${baseDn}, not ${wanted}`;
    });
    if (this.#closed) await opened.directory.close();
    this.#current = opened;
  }
}

/**
 * The first that opens and is wanted; `failures` grows by what the others failed with. Throws what must not be tried
 * again, else all failures as one.
 */
async function firstOf(
  servers: Server[],
  failures: DmsaError[],
  signal: AbortSignal | undefined,
  open: Open,
  unwanted: (directory: Directory) => string | null = () => null,
): Promise<Connected> {
  for (const server of servers) {
    signal?.throwIfAborted();
    try {
      const directory = await open(server);
      const why = unwanted(directory);
      if (why === null) return { server, directory };
      await directory.close();
      failures.push(errorAbout(server.url, 'CONTROLLER_UNSUITABLE', why));
    } catch (error) {
      if (!(error instanceof DmsaError) || !next.has(error.code)) throw error;
      failures.push(error);
    }
  }
  throw allFailed(failures);
}

/** Retryable where any of them is: that DC may be back by then. */
function allFailed(failures: DmsaError[]): DmsaError {
  const worst = failures.find((failure) => failure.retryable) ?? failures[0]!;
  if (failures.length === 1) return worst;
  const subject = [...new Set(failures.map((failure) => failure.subject))].join(', ');
  const message = [...new Set(failures.map((failure) => failure.message))].join('; ');
  return new DmsaError(worst.code, subject, message, { cause: worst });
}

function isLost(error: unknown): error is DmsaError {
  return error instanceof DmsaError && lost.has(error.code);
}
