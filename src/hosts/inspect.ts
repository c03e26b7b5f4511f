import { DmsaError } from '../domain/errors.ts';
import type { HostFacts, ServiceFacts } from '../domain/facts.ts';
import { type DomainNames, isLogonOf, type LogonNames } from '../domain/identity.ts';
import { mapLimited } from '../limited.ts';
import type { Result } from '../powershell/operations.ts';
import type { Transport } from '../powershell/transport.ts';
import { retrying } from '../retrying.ts';
import { type EventVerdicts, eventVerdicts } from './events.ts';

/** Hosts asked at once: each costs one SSH connection of the worker. */
const hostsAtOnce = 16;
const inspectionTimeoutMs = 60_000;

export interface Inspection {
  facts: HostFacts;
  events: EventVerdicts;
}

export interface InspectOptions {
  /** ISO 8601: also look for Kerberos events since then; null leaves the log alone. */
  eventsSince: string | null;
  signal?: AbortSignal;
}

/** Which services of a host are wanted: those that log on by one of the account's names. */
interface Wanted {
  domain: DomainNames;
  /** They are read from the directory while the hosts are asked. */
  logonNames: Promise<LogonNames>;
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
  const [asked, names] = await Promise.all([asking, wanted.logonNames]);
  return asked.map((host) => inspection(host, wanted.domain, names));
}

/** One host's answer, or why there is none. */
interface Asked {
  name: string;
  answer: Result<'inspect-host'> | null;
  why: string;
}

async function askHost(
  transport: Transport,
  name: string,
  { eventsSince, signal }: InspectOptions,
): Promise<Asked> {
  const ask = () =>
    transport.run(name, 'inspect-host', { eventsSince }, { timeoutMs: inspectionTimeoutMs, signal });
  try {
    return { name, answer: await retrying(ask, signal), why: '' };
  } catch (error) {
    if (!(error instanceof DmsaError)) throw error;
    return { name, answer: null, why: `${error.code}: ${error.message}` };
  }
}

function inspection({ name, answer, why }: Asked, domain: DomainNames, names: LogonNames): Inspection {
  if (!answer) return { facts: unreachable(name, why), events: eventVerdicts([], false) };
  return {
    facts: hostFacts(name, answer, domain, names),
    events: eventVerdicts(answer.events, answer.eventLogEnabled),
  };
}

function hostFacts(
  name: string,
  answer: Result<'inspect-host'>,
  domain: DomainNames,
  names: LogonNames,
): HostFacts {
  const services = answer.services
    .filter(({ startName }) => isLogonOf(names, startName, domain, answer.computerName))
    .map(({ name, startName, state, startMode }): ServiceFacts => ({ name, startName, state, startMode }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { build, isDomainController, rebootPending, policy, eventLogEnabled } = answer;
  return {
    name,
    unreachable: null,
    build,
    isDomainController,
    rebootPending,
    policy,
    eventLogEnabled,
    services,
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
