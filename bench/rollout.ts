import { playScenario } from '../lab/demo/play-scenario.ts';
import { scenarios } from '../lab/scenarios/index.ts';
import { ensureTemporal } from '../lab/temporal/server.ts';
import type { MigrationStatus } from '../src/domain/migration/status.ts';
import { createLog } from '../src/telemetry/log.ts';
import { installRuntime } from '../src/worker/runtime.ts';
import { table } from './figures.ts';
import { hostsOf } from './topology.ts';

/** `BENCH_HOSTS=60` for a shorter run. */
const hostCount = Number(process.env.BENCH_HOSTS ?? 500);
const maxParallel = 16;

/** Waits are short, so that the figures are of the work. A host may have to join while hundreds of others do. */
const request = { observe: '1s', checkEvery: '1s', soak: '1s', join: '5m', maxParallel };

type BenchStage = MigrationStatus['stages'][number];

/** A whole migration of many simulated hosts: how fast services are restarted, and what it costs in memory and sessions. */
export async function rollout(): Promise<void> {
  installRuntime(createLog('error'));
  const temporal = await ensureTemporal();
  const sessions: { host: string; at: number }[] = [];
  const memory = watchMemory();
  try {
    const played = await playScenario(
      {
        ...scenarios.happy!,
        faults: () => ({
          ssh: {
            onSession(host) {
              sessions.push({ host, at: Date.now() });
              return null;
            },
          },
        }),
      },
      { temporal, topology: hostsOf(hostCount), request, onStatus: ({ stage }) => memory.enter(stage) },
    );
    const { stages, outcome, failure } = played.status;
    if (outcome !== 'completed') throw new Error(`${hostCount} hosts: ${outcome} ${failure?.code}`);
    const asked = sessions.filter(({ host }) => played.hosts.includes(host));
    print(stages, asked, memory.peaks(), played.historyEvents);
  } finally {
    memory.end();
    await temporal.close();
  }
}

function print(
  stages: BenchStage[],
  sessions: { host: string; at: number }[],
  peaks: Map<string, number>,
  historyEvents: number,
): void {
  const rows = stages.flatMap(({ name, startedAt, endedAt }) => {
    const [from, to] = [Date.parse(startedAt), Date.parse(endedAt!)];
    const during = sessions.filter(({ at }) => at >= from && at < to);
    if (during.length === 0) return [];
    const hosts = new Map<string, number>();
    for (const { host } of during) hosts.set(host, (hosts.get(host) ?? 0) + 1);
    const seconds = (to - from) / 1_000;
    const perMinute = Math.round(hosts.size / (seconds / 60));
    const peak = peaks.get(name);
    return [
      [
        name,
        hosts.size,
        seconds.toFixed(1),
        perMinute,
        Math.max(...hosts.values()),
        peak === undefined ? '' : megabytes(peak),
      ],
    ];
  });
  const title = `${hostCount} hosts, ${maxParallel} restarted at a time, each restart takes 1 s; lab and worker in one process`;
  const header = ['stage', 'hosts', 'seconds', 'hosts a minute', 'most sessions a host', 'peak RSS, MB'];
  console.log(table(title, header, rows));
  console.log(
    `peak RSS over the run: ${megabytes(Math.max(...peaks.values()))} MB; history events: ${historyEvents}`,
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

/** The largest resident set that was seen in each stage. */
function watchMemory() {
  const peaks = new Map<string, number>();
  let stage = 'before';
  const look = () => peaks.set(stage, Math.max(peaks.get(stage) ?? 0, process.memoryUsage.rss()));
  const timer = setInterval(look, 100);
  return {
    enter(name: string) {
      stage = name;
      look();
    },
    peaks: () => peaks,
    end: () => clearInterval(timer),
  };
}
