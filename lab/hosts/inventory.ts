import type { Inventory } from '../../src/powershell/wire/inventory.ts';
import type { LabHost, LabService } from '../topology.ts';

/** What of a host its settings do not say. */
export interface Moment {
  computerName: string;
  /** DNS name. */
  domain: string;
  /** SIDs that have "Log on as a service". */
  mayLogOn: string[];
  clock: Date;
  bootedAt: Date;
  startedAt(service: LabService): Date;
  oldestEventAt: string | null;
  events: Inventory['events'];
}

/** Accounts that inspect-host leaves out, as its script does. */
const builtIn = /^(LocalSystem|NT AUTHORITY\\.*|NT SERVICE\\.*)$/i;

/** A host of the lab as its script would see it; nothing of it is ever out of reach. */
export function inventoryOf(host: LabHost, moment: Moment): Inventory {
  const services = host.services.filter((service) => !builtIn.test(service.startName));
  return {
    computerName: moment.computerName,
    domain: moment.domain,
    build: host.build,
    edition: 'Microsoft Windows Server 2025 Standard',
    isDomainController: false,
    clock: new Date(moment.clock.getTime() + (host.clockAheadMs ?? 0)).toISOString(),
    bootTime: moment.bootedAt.toISOString(),
    rebootPending: false,
    policy: { ...host.policy },
    policyFrom: host.policyFrom ? { ...host.policyFrom } : null,
    eventLogEnabled: host.eventLogEnabled,
    eventLog: { maximumSize: 1_052_672, oldestAt: moment.oldestEventAt },
    serviceLogonRight: moment.mayLogOn,
    services: services.map((service) => inventoryOfService(service, host, moment)).sort(byName),
    tasks: [],
    pools: (host.pools ?? []).map(({ name, account, state }) => ({ name, account, state })).sort(byName),
    comApplications: [],
    sessions: [],
    events: moment.events,
    unread: [],
  };
}

function inventoryOfService(service: LabService, host: LabHost, { startedAt }: Moment) {
  const { name, startName, state, startMode, dependencies = [], clusterResource = null } = service;
  const dependsOnIt = (other: LabService) =>
    other.dependencies?.some((each) => each.toLowerCase() === name.toLowerCase());
  return {
    name,
    startName,
    state,
    startMode,
    delayedStart: false,
    startedAt: state === 'Running' ? startedAt(service).toISOString() : null,
    dependents: host.services
      .filter(dependsOnIt)
      .map((other) => other.name)
      .sort(),
    dependencies: [...dependencies].sort(),
    recovery: [],
    clusterResource,
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
