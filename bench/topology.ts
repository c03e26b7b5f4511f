import { defaultTopology, labDomain, labHost, type Topology } from '../lab/topology.ts';

/** Any number of hosts with one service each, which takes a second to restart, as a small service does. */
export function hostsOf(count: number, restartMs = 1_000): Topology {
  const account = `svc-bench-${count}`;
  const topology = defaultTopology({ account, dmsa: `dmsa-bench-${count}` });
  const service = {
    name: 'FinanceApi',
    startName: `${labDomain.netbiosName}\\${account}`,
    state: 'Running' as const,
    startMode: 'Auto',
    restartMs,
    failingStarts: 0,
  };
  topology.hosts = Array.from({ length: count }, (_, index) => labHost(`app${index + 1}`, [{ ...service }]));
  return topology;
}
