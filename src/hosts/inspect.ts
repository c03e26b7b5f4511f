import { DmsaError } from '../domain/errors.ts';
import type { HostFacts, ServiceFacts } from '../domain/facts.ts';
import { normalIdentity } from '../domain/identity.ts';
import type { Target } from '../domain/plan.ts';
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

/**
 * Asks every host once, in one session each, what runs there as the account. A host that cannot be asked is a fact
 * (`unreachable`), not a failure of the inspection.
 */
export async function inspectHosts(
  transport: Transport,
  hosts: string[],
  target: Pick<Target, 'domain' | 'account'>,
  options: InspectOptions,
): Promise<Inspection[]> {
  return await mapLimited(hosts, hostsAtOnce, (name) => inspectHost(transport, name, target, options));
}

async function inspectHost(
  transport: Transport,
  name: string,
  target: Pick<Target, 'domain' | 'account'>,
  { eventsSince, signal }: InspectOptions,
): Promise<Inspection> {
  const ask = () =>
    transport.run(name, 'inspect-host', { eventsSince }, { timeoutMs: inspectionTimeoutMs, signal });
  try {
    const answer = await retrying(ask, signal);
    return {
      facts: hostFacts(name, answer, target),
      events: eventVerdicts(answer.events, answer.eventLogEnabled),
    };
  } catch (error) {
    if (!(error instanceof DmsaError)) throw error;
    return { facts: unreachable(name, `${error.code}: ${error.message}`), events: eventVerdicts([], false) };
  }
}

function hostFacts(
  name: string,
  answer: Result<'inspect-host'>,
  { domain, account }: Pick<Target, 'domain' | 'account'>,
): HostFacts {
  const wanted = normalIdentity(account.samAccountName, domain);
  const services = answer.services
    .filter((service) => normalIdentity(service.startName, domain, answer.computerName) === wanted)
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
