import { mapLimited } from '../async/limited.ts';
import { retrying } from '../async/retrying.ts';
import type { DirectoryClock } from '../directory/directory.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { HostFacts, HostSurroundings } from '../domain/facts/host-facts.ts';
import type { DomainNames, LogonNames } from '../domain/plan/identity.ts';
import type { Transport } from '../powershell/transport.ts';
import type { Result } from '../powershell/wire/operations.ts';
import { type EventVerdicts, eventVerdicts } from './events.ts';
import { clockAhead, hostFacts, hostSurroundings } from './facts.ts';

/** Hosts asked at once: each costs one SSH connection of the worker. */
const hostsAtOnce = 16;
const inspectionTimeoutMs = 60_000;

export interface Inspection {
  facts: HostFacts;
  events: EventVerdicts;
  /** Null for a host that could not be asked. */
  surroundings: HostSurroundings | null;
}

export interface InspectOptions {
  /** ISO 8601: also look for Kerberos events since then; null leaves the log alone. */
  eventsSince: string | null;
  signal?: AbortSignal;
}

/** What of a host is wanted: what logs on by one of the account's names. */
interface Wanted {
  domain: DomainNames;
  /** SID of the account, by which rights name it. */
  sid: string;
  /** Read from the directory while the hosts are asked. */
  reading: Promise<{ logonNames: LogonNames; clock: DirectoryClock | null }>;
}

/**
 * Asks every host once, in one session each, what runs there as the account. A host that cannot be asked is a fact
 * (`unreachable`), not a failure of the inspection; that the names cannot be read is one.
 */
export async function inspectHosts(
  transport: Transport,
  hosts: string[],
  wanted: Wanted,
  options: InspectOptions,
): Promise<Inspection[]> {
  const asking = mapLimited(hosts, hostsAtOnce, (name) => askHost(transport, name, options));
  const [asked, read] = await Promise.all([asking, wanted.reading]);
  return asked.map((host) => inspection(host, wanted, read));
}

/** One host's answer, or why there is none. */
interface Asked {
  name: string;
  answer: Result<'inspect-host'> | null;
  /** The middle of the session that gave the answer, by `performance.now()`. */
  answeredAt: number;
  why: string;
}

async function askHost(
  transport: Transport,
  name: string,
  { eventsSince, signal }: InspectOptions,
): Promise<Asked> {
  let sentAt = 0;
  const ask = () => {
    sentAt = performance.now();
    return transport.run(name, 'inspect-host', { eventsSince }, { timeoutMs: inspectionTimeoutMs, signal });
  };
  try {
    const answer = await retrying(ask, signal);
    return { name, answer, answeredAt: (sentAt + performance.now()) / 2, why: '' };
  } catch (error) {
    if (!(error instanceof DmsaError)) throw error;
    return { name, answer: null, answeredAt: sentAt, why: `${error.code}: ${error.message}` };
  }
}

function inspection(
  { name, answer, answeredAt, why }: Asked,
  { domain, sid }: Wanted,
  { logonNames: names, clock }: Awaited<Wanted['reading']>,
): Inspection {
  if (!answer) {
    return { facts: unreachable(name, why), events: eventVerdicts([], false), surroundings: null };
  }
  const whose = { names, domain, sid };
  return {
    facts: hostFacts(name, answer, whose),
    events: eventVerdicts(answer.events, answer.eventLogEnabled),
    surroundings: hostSurroundings(answer, whose, clockAhead(answer, answeredAt, clock)),
  };
}

function unreachable(name: string, why: string): HostFacts {
  return {
    name,
    unreachable: why,
    build: null,
    isDomainController: null,
    rebootPending: null,
    policy: null,
    eventLogEnabled: null,
    services: [],
  };
}
