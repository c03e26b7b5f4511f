import type { DirectoryClock } from '../directory/directory.ts';
import type { HostFacts, HostSurroundings, ServiceFacts } from '../domain/facts/host-facts.ts';
import type { Verdict } from '../domain/facts/verdict.ts';
import { type DomainNames, isLogonOf, type LogonNames } from '../domain/plan/identity.ts';
import type { Inventory } from '../powershell/wire/inventory.ts';
import { type Uses, usesOf } from './uses.ts';

/** The account whose uses are looked for. */
export interface Whose {
  names: LogonNames;
  domain: DomainNames;
  /** By which rights name it, and tasks where Windows has no name for it. */
  sid: string;
}

/** What of an inventory migrations keep and compare. What is optional there is left out where there is nothing. */
export function hostFacts(name: string, answer: Inventory, whose: Whose): HostFacts {
  const { build, isDomainController, rebootPending, policy, policyFrom, eventLogEnabled } = answer;
  const isOurs = oursOn(answer, whose);
  const { services, pools } = usesOf(answer, isOurs);
  return {
    name,
    unreachable: null,
    build,
    isDomainController,
    rebootPending,
    policy,
    eventLogEnabled,
    services: services.map(serviceFacts).sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(pools.length > 0 && { pools: pools.map((pool) => pool.name).sort() }),
    ...(policyFrom && { policyFrom }),
    logonRight: logonRightOf(answer, whose.sid, isOurs),
  };
}

function serviceFacts(service: Inventory['services'][number]): ServiceFacts {
  const { name, startName, state, startMode, clusterResource } = service;
  return { name, startName, state, startMode, ...(clusterResource !== null && { clusterResource }) };
}

/**
 * How far a host's clock is ahead of the domain controller's, in milliseconds, as far as a time in whole seconds tells;
 * null where the controller does not say. `answeredAt` is the middle of the host's session by `performance.now()`.
 */
export function clockAhead(
  answer: Pick<Inventory, 'clock'>,
  answeredAt: number,
  clock: DirectoryClock | null,
): number | null {
  if (!clock) return null;
  return Math.round(Date.parse(answer.clock) - (clock.time + answeredAt - clock.readAt));
}

/** What else an inventory says, which findings alone tell. `clockAheadMs` is null where nobody can tell. */
export function hostSurroundings(
  answer: Inventory,
  whose: Whose,
  clockAheadMs: number | null,
): HostSurroundings {
  const { bootTime, domain, unread } = answer;
  return {
    clockAheadMs,
    bootTime,
    domain,
    ...besides(usesOf(answer, oursOn(answer, whose))),
    unread: unread.map(({ part, why }) => `${part}: ${why}`),
  };
}

/** What of the account's is never restarted here. */
export function besides({
  tasks,
  comApplications,
  sessions,
}: Uses): Pick<HostSurroundings, 'joinsLater' | 'otherProcesses'> {
  return {
    joinsLater: [
      ...tasks.map(({ path }) => `task ${path}`),
      ...comApplications.map(({ name }) => `COM+ ${name}`),
    ],
    otherProcesses: [...new Set(sessions.flatMap(({ processes }) => processes))],
  };
}

/** Whether the account itself has "Log on as a service": a group that has it counts for nothing here. */
export function logonRightOf(
  { serviceLogonRight, unread }: Inventory,
  sid: string,
  isOurs: (written: string) => boolean,
): Verdict {
  if (unread.some(({ part }) => part === 'logon-right')) return 'unknown';
  const isNamed = serviceLogonRight.some((each) => each === sid || (!/^S-1-/i.test(each) && isOurs(each)));
  return isNamed ? 'yes' : 'no';
}

function oursOn({ computerName }: Inventory, { names, domain, sid }: Whose): (written: string) => boolean {
  return (written) => written === sid || isLogonOf(names, written, domain, computerName);
}
