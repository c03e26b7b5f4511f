import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { newPrivateKey, type PrivateKey, publicKeyOf } from '../../src/approval/keys.ts';
import { Migrations } from '../../src/client/migrations.ts';
import { type Connections, connectionsOf } from '../../src/connections.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { type ApproverKey, dmsaLockId, type Plan } from '../../src/domain/plan/plan.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { type PlanRequest, parseRequest } from '../../src/plan/request.ts';
import { type Recorded, readRecorded } from '../../src/report/recorded.ts';
import type { Tracing } from '../../src/telemetry/tracing.ts';
import { connectTemporal, connectWorker } from '../../src/temporal/connection.ts';
import { dataConverterOf } from '../../src/temporal/data-converter.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { createWorker } from '../../src/worker/worker.ts';
import { type Lab, type LabCounts, startLab } from '../lab.ts';
import type { SambaPlace } from '../samba/samba.ts';
import { player } from '../scenarios/play.ts';
import { people, type Scenario } from '../scenarios/scenario.ts';
import type { TemporalServer } from '../temporal/server.ts';
import { defaultTopology, type Topology } from '../topology.ts';
import { refusedStatus } from './refused.ts';

export interface PlayOptions {
  temporal: TemporalServer;
  directory?: 'lab' | 'samba';
  samba?: SambaPlace;
  /** The topology that the scenario changes; three hosts where absent. */
  topology?: Topology;
  request?: Partial<PlanRequest>;
  onProgress?: (line: string) => void;
  onStatus?: (status: MigrationStatus) => void;
  signal?: AbortSignal;
  tracing?: Tracing | null;
}

export interface Played {
  /** The last status: of the migration, or of what planning refused. */
  status: MigrationStatus;
  /** Null where planning refused. */
  plan: Plan | null;
  /** What the worker ran and read; null where there was no migration. */
  records: Recorded | null;
  hosts: string[];
  /** Milliseconds of planning, before the migration was started. */
  planningMs: number;
  /** In all runs of the migration and of its lock; 0 where none was started. */
  historyEvents: number;
  counts: LabCounts;
}

/** Weeks as seconds: what a demonstration waits for. */
const shortWaits: Partial<PlanRequest> = {
  join: '10s',
  observe: '3s',
  checkEvery: '1s',
  soak: '2s',
  expiresAfter: '1h',
  serviceTimeout: '30s',
};

/** Plays one scenario in a lab and a worker of its own, on a server of the caller's, and leaves neither behind. */
export async function playScenario(scenario: Scenario, options: PlayOptions): Promise<Played> {
  const { directory, samba, onProgress, signal } = options;
  const topology = structuredClone(options.topology ?? defaultTopology());
  scenario.topology?.(topology);
  signal?.throwIfAborted();
  const lab = await startLab({
    topology,
    directory,
    samba,
    faults: scenario.faults?.(),
    onProgress,
    signal,
  });
  try {
    const taskQueue = `dmsa-demo-${randomUUID()}`;
    lab.settings.worker.taskQueue = taskQueue;
    onProgress?.(
      `lab ready: ${topology.hosts.length} hosts, ${directory === 'samba' ? 'Samba AD DC' : 'simulated directory'}`,
    );
    return await playInLab(lab, scenario, topology, options);
  } finally {
    await lab.close();
  }
}

/** Plays one scenario in a lab that the caller starts and closes, whose `settings` say what the worker connects to. */
export async function playInLab(
  lab: Lab,
  scenario: Scenario,
  topology: Topology,
  options: PlayOptions,
): Promise<Played> {
  const key = scenario.signed ? await newPrivateKey(people.approver) : null;
  const request = parseRequest({
    account: topology.account.name,
    dmsa: topology.dmsa,
    hosts: topology.hosts.map((host) => host.name),
    requestedBy: people.requester,
    ...shortWaits,
    ...scenario.request,
    ...(key && { approverKeys: [publicKeyOf(key) as ApproverKey] }),
    ...options.request,
  });
  const startedAt = new Date();
  const connections = connectionsOf(lab.settings);
  const planned = await makePlan(request, connections);
  const base = { hosts: request.hosts, planningMs: Date.now() - startedAt.getTime() };
  options.signal?.throwIfAborted();
  const { plan } = planned;
  if (!plan) {
    // Planning changes nothing: everything is read once more, so that this is seen and not only said.
    const { facts: after } = await makePlan(request, connections);
    const status = refusedStatus(request, planned, startedAt, after);
    options.onStatus?.(status);
    return { ...base, status, plan, records: null, historyEvents: 0, counts: lab.counts() };
  }
  const { status, historyEvents } = await migrate({ lab, connections, key }, scenario, plan, options);
  const { folder } = lab.settings.records;
  const records = await readRecorded(folder, status.migrationId, status.startedAt);
  return { ...base, status, plan, records, historyEvents, counts: lab.counts() };
}

async function migrate(
  { lab, connections, key }: { lab: Lab; connections: Connections; key: PrivateKey | null },
  scenario: Scenario,
  plan: Plan,
  options: PlayOptions,
): Promise<Pick<Played, 'status' | 'historyEvents'>> {
  const { temporal, signal, onStatus, tracing } = options;
  const target = { address: temporal.address, namespace: temporal.namespace, embedded: temporal.embedded };
  const dataConverter = await dataConverterOf(lab.settings.encryption);
  const { client, connection, close } = await connectTemporal(target, process.env, {
    dataConverter,
    traced: tracing?.client,
  });
  const native = await connectWorker(target);
  try {
    await registerSearchAttributes(connection, temporal.namespace);
    const worker = await createWorker({ settings: lab.settings, connections, ...native, tracing });
    const migrations = new Migrations(client, { taskQueue: lab.settings.worker.taskQueue });
    return await worker.runUntil(async () => {
      const id = await migrations.start(plan);
      const act = player(scenario, { lab, migrations, id, key });
      let last: MigrationStatus | null = null;
      for await (const status of migrations.watch(id, { signal, everyMs: 100 })) {
        last = status;
        onStatus?.(status);
        if (status.outcome === 'needs-operator') break;
        if (status.outcome === 'running') await act(status);
      }
      if (!last || signal?.aborted)
        await client.workflow.getHandle(id).terminate('the demonstration was interrupted');
      signal?.throwIfAborted();
      return { status: last!, historyEvents: await historyEvents(client, [id, dmsaLockId(plan)]) };
    });
  } finally {
    await native.connection.close();
    await close();
  }
}

async function historyEvents(client: Client, ids: string[]): Promise<number> {
  let events = 0;
  for (const id of ids) events += (await client.workflow.getHandle(id).describe()).historyLength;
  return events;
}
