import { type Played, playScenario } from '../lab/demo/play-scenario.ts';
import { scenarios } from '../lab/scenarios/index.ts';
import { ensureTemporal } from '../lab/temporal/server.ts';
import { createLog } from '../src/telemetry/log.ts';
import { installRuntime } from '../src/worker/runtime.ts';
import { sequentialScript } from './sequential.ts';
import { hostsOf } from './topology.ts';

/** Waits are seconds: a second of observation, a second of soak, and services that take a second to restart. */
const waits = { observe: '1s', checkEvery: '1s', soak: '1s', join: '30s' };
const waitMs = { observe: 1_000, soak: 1_000 };

/** Whole migrations, next to a bare script that does the same without any of the promises. */
export async function migrations(): Promise<void> {
  installRuntime(createLog('error'));
  const temporal = await ensureTemporal();
  try {
    await printFigures(temporal);
  } finally {
    await temporal.close();
  }
}

type Temporal = Awaited<ReturnType<typeof ensureTemporal>>;

async function migration(temporal: Temporal, hosts: number, request = {}): Promise<Played & { ms: number }> {
  const played = await playScenario(scenarios.happy!, {
    temporal,
    topology: hostsOf(hosts),
    request: { ...waits, ...request },
  });
  const { stages, outcome } = played.status;
  if (outcome !== 'completed') throw new Error(`${hosts} hosts: ${outcome}`);
  const ms = Date.parse(stages.at(-1)!.endedAt!) - Date.parse(stages[0]!.startedAt);
  return { ...played, ms: ms + played.planningMs };
}

function sessions({ counts }: Played): number[] {
  const hosts = Object.entries(counts.ssh).filter(([host]) => host.startsWith('app'));
  return hosts.map(([, { sessions }]) => sessions);
}

async function printFigures(temporal: Temporal): Promise<void> {
  const three = await migration(temporal, 3);
  const fifty = await migration(temporal, 50);
  const management = three.counts.ssh['mgmt01.lab.example']!.sessions;
  console.log(
    `LDAP searches:       ${three.counts.ldap!.search} for 3 hosts, ${fifty.counts.ldap!.search} for 50`,
  );
  console.log(
    `SSH sessions a host: ${Math.max(...sessions(three))} for 3 hosts, ${Math.max(...sessions(fifty))} for 50; management host ${management}`,
  );
  console.log(`history events:      ${three.historyEvents} for 3 hosts, ${fifty.historyEvents} for 50`);

  // As many looks as 28 days have at one in ten hours.
  const observed = await migration(temporal, 3, { observe: '6800ms', checkEvery: '100ms' });
  console.log(`                     ${observed.historyEvents} for 3 hosts with 68 looks in the observation`);

  for (const hosts of [3, 20]) {
    const alone = await sequentialScript(hostsOf(hosts), waitMs);
    const { ms } = await migration(temporal, hosts);
    const wide = await migration(temporal, hosts, { maxParallel: 10 });
    const line = (name: string, value: number) =>
      console.log(
        `${hosts} hosts, ${name.padEnd(25)} ${(value / 1_000).toFixed(1)} s, ${(value / alone).toFixed(2)} of the script`,
      );
    line('bare sequential script:', alone);
    line('migration, 5 at once:', ms);
    line('migration, 10 at once:', wide.ms);
  }
}
