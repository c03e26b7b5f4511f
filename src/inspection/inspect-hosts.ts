import { mapLimited } from '../async/limited.ts';
import type { DirectoryClock } from '../directory/directory.ts';
import type { DmsaError } from '../domain/errors/errors.ts';
import type { HostFacts, HostSurroundings } from '../domain/facts/host-facts.ts';
import type { LogonIdentity } from '../domain/plan/identity.ts';
import type { Ports } from '../ports.ts';
import { askHost, type HostAnswer, type InspectOptions } from './ask-host.ts';
import { type EventVerdicts, eventVerdicts } from './events.ts';
import { clockAhead, hostFacts, hostSurroundings } from './host-facts.ts';

/** Hosts asked at once: each costs one SSH connection of the worker. */
const hostsAtOnce = 16;

/** Meaning of one host's answer for an account. */
export interface HostInspection {
  facts: HostFacts;
  events: EventVerdicts;
  /** Null for a host that could not be asked. */
  surroundings: HostSurroundings | null;
}

/** Facts of the directory by which an answer of a host is understood. */
export interface AnswerKey {
  identity: LogonIdentity;
  /** Clock of the domain controller that was read. */
  clock: DirectoryClock | null;
}

/**
 * Asks every host once, in one session each, what runs there as the account, while `reading` reads the directory. A
 * host that cannot be asked is a fact (`unreachable`), not a failure of the inspection; a directory that cannot be read
 * is one.
 */
export async function inspectHosts(
  ports: Pick<Ports, 'transport' | 'clock'>,
  hosts: string[],
  reading: Promise<AnswerKey>,
  options: InspectOptions,
): Promise<HostInspection[]> {
  const asking = mapLimited(hosts, hostsAtOnce, (name) => askHost(ports, name, options));
  const [answers, key] = await Promise.all([asking, reading]);
  return answers.map((answer) => inspectionOf(answer, key));
}

export function inspectionOf(answer: HostAnswer, { identity, clock }: AnswerKey): HostInspection {
  const { name, inventory, error } = answer;
  if (!inventory)
    return { facts: unreachable(name, error), events: eventVerdicts([], false), surroundings: null };
  return {
    facts: hostFacts(name, inventory, identity),
    events: eventVerdicts(inventory.events, inventory.eventLogEnabled),
    surroundings: hostSurroundings(inventory, identity, clockAhead(inventory, answer.answeredAt, clock)),
  };
}

function unreachable(name: string, { code, message }: DmsaError): HostFacts {
  return {
    name,
    unreachable: { code, message },
    build: null,
    isDomainController: null,
    rebootPending: null,
    policy: null,
    policyFrom: null,
    eventLogEnabled: null,
    services: [],
    pools: [],
    logonRight: 'unknown',
  };
}
