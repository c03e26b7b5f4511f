import { systemClock } from '../async/clock.ts';
import { mapLimited } from '../async/limited.ts';
import { retrying } from '../async/retrying.ts';
import type { Directory } from '../directory/directory.ts';
import { capable, readControllers } from '../directory/read/read-controllers.ts';
import { DmsaError, isSettingsError } from '../domain/errors/errors.ts';
import type { Transport } from '../powershell/transport.ts';
import type { Result } from '../powershell/wire/operations.ts';

export type MigrationEvent = Result<'read-migration-events'>['events'][number];

/** The Directory Service log of one DC, or why it could not be read. */
export interface DcLog {
  server: string;
  /** Reason why the log could not be read, as an error code and its message; the rest is then unknown. */
  unread: string | null;
  /** ISO 8601: the oldest event of any kind; null for an empty log. */
  oldestAt: string | null;
  events: MigrationEvent[];
}

/** Event 3085 of the DCs that can carry out a migration, or why they were not asked. */
export type EventFacts = { asked: false; why: string } | { asked: true; logs: DcLog[] };

/** Where event logs of DCs are read. */
export interface EventSource {
  transport: Transport;
  managementHost: string;
}

/** Each is one session on the management host; more DCs than this are left out, and told as such. */
const mostServers = 16;
const serversAtOnce = 4;
const timeoutMs = 120_000;
const everything = '1970-01-01T00:00:00Z';

/**
 * Reads event 3085 of every DC that can have carried out a migration: the writable ones that run Windows Server 2025
 * [faq]. One session for each, for all pairs together. A log that cannot be read is a fact, not a failure.
 * Throws the codes of settings that cannot be used.
 */
export async function readEvents(
  directory: Directory,
  source: EventSource,
  signal: AbortSignal,
): Promise<EventFacts> {
  const capableDcs = capable(await readControllers(directory));
  if (capableDcs.length === 0) {
    return { asked: false, why: 'no writable domain controller runs Windows Server 2025' };
  }
  const logs = await mapLimited(capableDcs.slice(0, mostServers), serversAtOnce, (server) =>
    readLog(source, server, signal),
  );
  const leftOut = capableDcs.slice(mostServers).map((server): DcLog => {
    return { server, unread: `only ${mostServers} logs are read`, oldestAt: null, events: [] };
  });
  return { asked: true, logs: [...logs, ...leftOut] };
}

async function readLog(
  { transport, managementHost }: EventSource,
  server: string,
  signal: AbortSignal,
): Promise<DcLog> {
  const question = { dmsa: null, account: null, server, since: everything };
  const ask = () => transport.run(managementHost, 'read-migration-events', question, { timeoutMs, signal });
  try {
    const { events, oldestAt } = await retrying(systemClock, ask, signal);
    return { server, unread: null, oldestAt, events };
  } catch (error) {
    // Settings that cannot be used are the caller's to mend, or to do without events.
    if (signal.aborted || !(error instanceof DmsaError) || isSettingsError(error)) throw error;
    return { server, unread: `${error.code}: ${error.message}`, oldestAt: null, events: [] };
  }
}
