import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { vi } from 'vitest';

import { type Activities, createActivities } from '../../activities/index.ts';
import { now } from '../../activities/runtime.ts';
import type { LabFaults } from '../../lab/faults.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { people } from '../../lab/scenarios/scenario.ts';
import { defaultTopology, type Topology } from '../../lab/topology.ts';
import { Migrations } from '../../src/client/migrations.ts';
import type { Settings } from '../../src/config/settings.ts';
import { connectionsOf } from '../../src/connections.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { StageName } from '../../src/domain/migration/stages.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { webhookNotifier } from '../../src/notify/notifier.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { type PlanRequest, parseRequest } from '../../src/plan/request.ts';
import { fileRecords } from '../../src/records/records.ts';
import { createLog, temporalLogger } from '../../src/telemetry/log.ts';
import { payloadConverterPath } from '../../src/temporal/bundle.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { testTemporal } from '../support/temporal.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

/**
 * A server whose time can be skipped, and the bundled workflows. Each test has its own: an activity that a test leaves
 * unfinished would keep the server from skipping time for the next.
 */
export interface Theatre {
  env: TestWorkflowEnvironment;
  workflowBundle: { code: string };
  close(): Promise<void>;
}

/** On a server whose time can be skipped, unless another is given. */
export async function openTheatre(server?: () => Promise<TestWorkflowEnvironment>): Promise<Theatre> {
  quietRuntime();
  const env = await (server ?? startTimeSkipping)();
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: payloadConverterPath(),
    logger: temporalLogger(createLog('silent')),
  });
  return { env, workflowBundle, close: () => env.teardown() };
}

/** On the server of the test run: it takes what the one that skips time cannot, such as the end of a workflow by hand. */
export function openRealTheatre(): Promise<Theatre> {
  return openTheatre(async () => TestWorkflowEnvironment.createFromExistingServer(await testTemporal()));
}

/** One migration in a lab of its own, on a server whose time can be skipped; lab and activities share that time. */
export interface Rehearsal {
  lab: Lab;
  plan: Plan;
  migrations: Migrations;
  id: string;
  /** Asked again while a busy worker, or one that has just started, gives no answer in its time. */
  status(): Promise<MigrationStatus>;
  /** Waits, without letting time pass, until the status is as wanted. */
  until(wanted: (status: MigrationStatus) => boolean): Promise<MigrationStatus>;
  untilStage(name: StageName): Promise<MigrationStatus>;
  /** Votes yes at the gate that is open, as the approver. */
  approve(by?: string): Promise<void>;
  /** Lets this much time pass, whatever is waited for meanwhile. */
  pass(duration: string): Promise<void>;
}

export interface RehearsalOptions {
  topology?: (topology: Topology) => void;
  faults?: LabFaults;
  request?: Partial<PlanRequest>;
  /** Changes the plan after it was made, as time and people do. */
  edit?: (plan: Plan) => Plan;
  /** Who is told. */
  webhooks?: Settings['notify'];
  /** What happens while no worker is there, between the two. */
  whileNoWorker?: (rehearsal: Rehearsal) => Promise<void>;
  /** Goes on with another worker, after the one of the story has ended: it has to replay everything. */
  afterRestart?: (rehearsal: Rehearsal) => Promise<void>;
  /** Replaces activities: what a test wants to see fail. */
  activities?: (real: Activities) => Partial<Activities>;
}

/** Plays `story` and leaves no lab and no worker behind. */
export async function rehearse(
  { env, workflowBundle }: Theatre,
  options: RehearsalOptions,
  story: (rehearsal: Rehearsal) => Promise<void>,
): Promise<void> {
  const id = randomBytes(4).toString('hex');
  const topology = defaultTopology({ restartMs: 0, account: `svc-${id}`, dmsa: `dmsa-${id}` });
  options.topology?.(topology);
  const clock = { now: new Date(await env.currentTimeMs()) };
  const lab = await startLab({ topology, faults: options.faults, clock: () => clock.now });
  try {
    const connections = connectionsOf(lab.settings);
    const request = parseRequest({
      account: topology.account.name,
      dmsa: topology.dmsa,
      hosts: topology.hosts.map((host) => host.name),
      requestedBy: people.requester,
      // A child that ends after its parent keeps the test server from skipping time any more.
      notify: false,
      ...options.request,
    });
    const { plan, findings } = await makePlan(request, connections, clock.now);
    if (!plan) throw new Error(`planning was blocked: ${findings.map(({ code }) => code).join()}`);
    const real = createActivities({
      ...connections,
      managementHost: lab.settings.management.host,
      records: fileRecords(lab.settings.records.folder),
      notifier: webhookNotifier(options.webhooks),
    });
    const taskQueue = `rehearsal-${id}`;
    const worker = () =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        workflowBundle,
        activities: onLabTime({ ...real, ...options.activities?.(real) }, clock),
      });
    const migrations = new Migrations(env.client, { taskQueue });
    const workflowId = await migrations.start(options.edit?.(plan) ?? plan);
    const played = rehearsal(env, lab, plan, migrations, workflowId);
    try {
      await (await worker()).runUntil(() => story(played));
      await options.whileNoWorker?.(played);
      if (options.afterRestart) await (await worker()).runUntil(() => options.afterRestart!(played));
    } finally {
      await env.client.workflow
        .getHandle(workflowId)
        .terminate()
        .catch(() => undefined);
    }
  } finally {
    await lab.close();
  }
}

/** A worker that is busy may not answer a query in its time. */
function laterIfRetryable(error: unknown): null {
  if (error instanceof DmsaError && error.retryable) return null;
  throw error;
}

function rehearsal(
  env: TestWorkflowEnvironment,
  lab: Lab,
  plan: Plan,
  migrations: Migrations,
  id: string,
): Rehearsal {
  const until = async (wanted: (status: MigrationStatus) => boolean) => {
    let last: MigrationStatus | null = null;
    const found = async () => {
      const read = await migrations.status(id).catch(laterIfRetryable);
      if (!read) return false;
      last = read;
      return wanted(read);
    };
    await vi.waitUntil(found, { timeout: 45_000, interval: 20 }).catch((cause: unknown) => {
      const message = `never came about: ${wanted}; last seen: ${JSON.stringify(last, null, 1)}`;
      throw new Error(message, { cause });
    });
    return last!;
  };
  return {
    lab,
    plan,
    migrations,
    id,
    status: () => until(() => true),
    until,
    untilStage: (name) => until(({ stages }) => stages.some((stage) => stage.name === name)),
    async approve(by = people.approver) {
      const { gates } = await until((each) =>
        each.gates.some((gate) => gate.decision === 'open' && gate.hash !== null),
      );
      const gate = gates.find((each) => each.decision === 'open')!;
      await migrations.vote(id, {
        gate: gate.name,
        hash: gate.hash!,
        by,
        decision: 'approve',
        reason: 'agreed',
      });
    },
    pass: (duration) => env.sleep(duration as '1 day'),
  };
}

/** The lab's clock follows Temporal's: each activity sets it to the time of its attempt before it does anything. */
function onLabTime(activities: Partial<Activities>, clock: { now: Date }): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: never) => {
        clock.now = now();
        return await (activity as (input: never) => Promise<unknown>)(input);
      },
    ]),
  );
}
