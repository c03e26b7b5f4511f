import type { ActivityDeps } from '../../activities/deps.ts';
import { MemoryStore } from '../../lab/directory/memory-store.ts';
import { readRequest } from '../../lab/formats/envelope.ts';
import { SimulatedHost } from '../../lab/hosts/host.ts';
import { hostOperations, managementOperations } from '../../lab/hosts/operations.ts';
import { OperationHandler } from '../../lab/ldap/operations.ts';
import { DomainController } from '../../lab/rules/domain-controller.ts';
import { seed } from '../../lab/seed.ts';
import { answerTo, type HandleOperation } from '../../lab/ssh/session.ts';
import { domainControllerName, labDomain, managementHost, type Topology } from '../../lab/topology.ts';
import type { Clock } from '../../src/async/clock.ts';
import type { ConnectDirectory, Directory, SearchOptions } from '../../src/directory/directory.ts';
import { present } from '../../src/directory/filters.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { webhookNotifier } from '../../src/notify/notifier.ts';
import type { Transport } from '../../src/powershell/transport.ts';
import { prepareRequest } from '../../src/powershell/wire/envelope.ts';
import { decodedFilter } from '../lab/ldap/decoded-filter.ts';

export interface InProcess {
  deps: ActivityDeps;
  dc: DomainController;
  hosts: SimulatedHost[];
  /** Time that everybody shares; waiting moves it on and takes none. */
  clock: { now: Date };
  /** `about-to link`, in the order that they were written down. */
  journal: string[];
}

/** A domain behind the ports of activities, by the rules of the lab, with neither socket nor file. */
export async function domainInProcess(topology: Topology): Promise<InProcess> {
  const clock = { now: new Date('2025-06-01T08:00:00.000Z') };
  const domainSid = 'S-1-5-21-1004336348-1177238915-682003330';
  const names = { ...labDomain, domainSid, dnsHostName: domainControllerName };
  const dc = new DomainController(new MemoryStore({ ...names, now: () => clock.now }), () => clock.now);
  const { computerSids } = await seed(dc, topology);
  const hosts = topology.hosts.map((host) => {
    const identity = { accountName: topology.account.name, domain: labDomain };
    return new SimulatedHost(host, () => dc, { ...identity, computerSid: computerSids.get(host.name)! });
  });
  const handlers = new Map<string, HandleOperation>([
    [
      managementHost,
      managementOperations(
        () => dc,
        'LAB\\dmsa-worker',
        () => clock.now,
      ),
    ],
    ...hosts.map((host) => [host.settings.name, hostOperations(host)] as const),
  ]);
  const journal: string[] = [];
  const ticking = virtualClock(clock);
  const deps: ActivityDeps = {
    connectDirectory: connectTo(dc.store as MemoryStore, ticking),
    directoryServers: [dc.name],
    transport: transportTo(handlers),
    clock: ticking,
    managementHost,
    notifier: webhookNotifier(),
    records: {
      journal: async (_, { when, entry }) => void journal.push(`${when} ${entry.step}`),
      command: async () => undefined,
      read: async () => undefined,
    },
  };
  return { deps, dc, hosts, clock, journal };
}

function virtualClock(clock: { now: Date }): Clock {
  return {
    elapsedMs: () => clock.now.getTime(),
    sleep: async (ms) => {
      clock.now = new Date(clock.now.getTime() + ms);
    },
  };
}

function connectTo(store: MemoryStore, { elapsedMs }: Clock): ConnectDirectory {
  const { baseDn, rootDomainDn, configurationDn, schemaDn } = store;
  const contexts = { baseDn, rootDomainDn, configurationDn, schemaDn };
  const dc = { server: `ldaps://${store.dnsHostName}`, dc: store.dnsHostName };
  return async () => {
    const clock = { time: store.now().getTime(), readAt: elapsedMs() };
    const reader = { user: 'reader', password: '' };
    const handler = new OperationHandler(
      { store, credentials: [reader] },
      { encryption: 'ldaps', certificateUser: reader.user },
    );
    const search = async (base: string, options: SearchOptions) => {
      const { scope, attributes, controls = [], onReference } = options;
      const filter = decodedFilter(options.filter);
      const { entries = [], references = [] } = await handler.perform({
        id: 1,
        operation: { kind: 'search', base, scope, sizeLimit: 0, typesOnly: false, filter, attributes },
        controls: controls.map((type) => ({ type, critical: false, value: Buffer.alloc(0) })),
      });
      for (const url of references) onReference?.(url);
      return entries.map(({ dn, attributes: found }) => ({ dn, attributes: Object.fromEntries(found) }));
    };
    const directory: Directory = {
      rootDse: () => ({ ...dc, ...contexts, clock }),
      async read(dn, attributes) {
        if (!(await store.read(dn))) return null;
        return (await search(dn, { scope: 'base', filter: present('objectClass'), attributes }))[0] ?? null;
      },
      search,
      close: async () => undefined,
    };
    return directory;
  };
}

/** Every request and answer goes through the envelope, as text. */
function transportTo(handlers: Map<string, HandleOperation>): Transport {
  return {
    async run(host, operation, parameters) {
      const handle = handlers.get(host);
      if (!handle) throw new DmsaError('HOST_UNREACHABLE', host, 'no such host');
      const request = prepareRequest(operation, parameters, null);
      return request.read(await answerTo(readRequest(request.input), handle));
    },
  };
}
