import { onTestFinished } from 'vitest';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology, labHost, type Topology } from '../../lab/topology.ts';
import { systemClock } from '../../src/async/clock.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import { type DiscoverRequest, type Discovery, discover } from '../../src/discover/discover.ts';
import type { HostChoice } from '../../src/discover/hosts.ts';
import type { DmsaError } from '../../src/domain/errors/errors.ts';
import type { Transport } from '../../src/powershell/transport.ts';
import type { Inventory } from '../../src/powershell/wire/inventory.ts';
import { clock, transportWith } from './inventories.ts';

export const noChoice: HostChoice = { names: [], ou: null, allServers: false, activeWithin: null };

/** A lab with these hosts and no others, for the whole of the test. */
export async function labOf(changes: Partial<Topology>): Promise<Lab> {
  const topology = { ...defaultTopology({ restartMs: 0 }), bystanders: [], ...changes };
  const lab = await startLab({ topology, clock: () => clock });
  onTestFinished(() => lab.close());
  return lab;
}

/** A request for all servers of the domain. */
export function requestOf(changes: Partial<DiscoverRequest> = {}): DiscoverRequest {
  return {
    account: 'svc-finance',
    hosts: { ...noChoice, allServers: true },
    parallel: 16,
    now: () => clock,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...changes,
  };
}

export async function discoverIn(lab: Lab, transport: Transport, changes: Partial<DiscoverRequest> = {}) {
  const { directory, hosts } = lab.settings;
  const connect = connectDirectory(directory, hosts);
  const ports = { connectDirectory: connect, directoryServers: [], transport, clock: systemClock };
  return await discover(ports, requestOf(changes));
}

/** What is discovered of hosts that give these answers, by their short names. */
export async function discoveryOf(answers: Record<string, Inventory | DmsaError | null>): Promise<Discovery> {
  const names = Object.keys(answers);
  const lab = await labOf({ hosts: names.map((name) => labHost(name, [])) });
  const known = Object.entries(answers).flatMap(([name, answer]) =>
    answer ? [[`${name}.lab.example`, answer] as const] : [],
  );
  return await discoverIn(lab, transportWith(Object.fromEntries(known)));
}
