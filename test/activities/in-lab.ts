import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { onTestFinished } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createActivities } from '../../activities/index.ts';
import type { MemoryStore } from '../../lab/directory/memory-store.ts';
import type { LabFaults } from '../../lab/faults.ts';
import { principalsOf } from '../../lab/formats/security-descriptor.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { createDmsa } from '../../lab/rules/dmsa.ts';
import { startMigration } from '../../lab/rules/phases.ts';
import { defaultTopology, managementHost, type Topology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import { withDirectory } from '../../src/directory/directory.ts';
import { octets } from '../../src/directory/entry.ts';
import { readAccount, readDmsa } from '../../src/directory/read/read-account.ts';
import { attribute } from '../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import type { JournalEntry, JournalStatus } from '../../src/domain/migration/journal.ts';
import { dmsaMark, type Plan, type Target, targetOf } from '../../src/domain/plan/plan.ts';
import { webhookNotifier } from '../../src/notify/notifier.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';
import type { JournalRecord } from '../../src/records/records.ts';

export const ours = 'LAB\\dmsa-worker';
export const dmsaDn = 'CN=dmsa-finance,CN=Managed Service Accounts,DC=lab,DC=example';
export const accountDn = 'CN=svc-finance,CN=Users,DC=lab,DC=example';
export const pair = { dmsa: dmsaDn, account: accountDn, requestedBy: ours };

export interface InLab {
  lab: Lab;
  store: MemoryStore;
  /** The lab's time and Temporal's: one clock that a test sets. */
  clock: { now: Date };
  deps: ActivityDeps;
  plan: Plan;
  target: Target;
  /** `about-to create-dmsa`, in the order that they were written down. */
  journal: string[];
}

/** A lab of the test's own, the plan of its migration, and what activities are given. Ends with the test. */
export async function inLab(
  change: (topology: Topology) => void = () => undefined,
  faults?: LabFaults,
): Promise<InLab> {
  const topology = defaultTopology({ restartMs: 0 });
  change(topology);
  const clock = { now: new Date('2025-06-01T08:00:00.000Z') };
  const lab = await startLab({ topology, faults, clock: () => clock.now });
  onTestFinished(() => lab.close());
  const journal: string[] = [];
  const records = {
    async journal(_id: string, { when, entry }: JournalRecord) {
      journal.push(`${when} ${entry.step}`);
    },
    command: async () => undefined,
    read: async () => undefined,
  };
  const notifier = webhookNotifier();
  const deps = { ...connectionsOf(lab.settings), managementHost, records, notifier };
  const request = parseRequest({
    account: 'svc-finance',
    dmsa: 'dmsa-finance',
    hosts: topology.hosts.map((host) => host.name),
    requestedBy: 'LAB\\alice',
  });
  // As in the field, whoever plans is not the worker: it has connections of its own.
  const planner = { ...deps, ...connectionsOf(lab.settings) };
  const { plan, findings } = await makePlan(request, planner, clock.now);
  if (!plan) throw new Error(findings.map(({ code, evidence }) => `${code} ${evidence}`).join('; '));
  return { lab, store: lab.dc.store as MemoryStore, clock, deps, plan, target: targetOf(plan), journal };
}

type Activities = ReturnType<typeof createActivities>;

/** Runs one activity of the worker's, as Temporal would: in its context, failing with what Temporal is told. */
export async function run<N extends keyof Activities>(
  { deps, clock }: Pick<InLab, 'deps' | 'clock'>,
  name: N,
  input: Parameters<Activities[N]>[0],
  attempt = 1,
): Promise<Awaited<ReturnType<Activities[N]>>> {
  const currentAttemptScheduledTimestampMs = clock.now.getTime();
  const info = { attempt, currentAttemptScheduledTimestampMs };
  const environment = new MockActivityEnvironment(info, { logger: silent });
  const activity = createActivities(deps)[name] as (given: unknown) => Promise<unknown>;
  return (await environment.run(activity as never, input)) as Awaited<ReturnType<Activities[N]>>;
}

/** Failures are what most tests look for: the worker's own words about them are left out. */
export const silent = new DefaultLogger('ERROR', () => undefined);

/** What Temporal is told of a failure: the code, whether it may be tried again, the message. */
export async function failureOf(activity: Promise<unknown>): Promise<ApplicationFailure> {
  const failure = await activity.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (failure instanceof ApplicationFailure) return failure;
  throw failure;
}

/** A dMSA that is ours where `description` is absent: marked with the plan. */
export async function addDmsa({ lab, plan }: InLab, description = dmsaMark(plan)): Promise<void> {
  const { name, dnsHostName, container } = plan.dmsa;
  await createDmsa(lab.dc, { name, dnsHostName, container, description });
}

/** Created and linked by us. */
export async function linked(change?: (topology: Topology) => void, faults?: LabFaults): Promise<InLab> {
  const world = await inLab(change, faults);
  await addDmsa(world);
  await startMigration(world.lab.dc, pair);
  return world;
}

/** The facts of both objects, as a before-image holds them. */
export async function imageOf({ deps, target }: InLab) {
  return await withDirectory(deps.connectDirectory, {}, async (directory) => ({
    account: (await readAccount(directory, target.account.guid))!,
    dmsa: (await readDmsa(directory, `${target.dmsa.name}$`))!,
  }));
}

export async function principals({ store }: InLab): Promise<string[]> {
  const descriptor = octets((await store.read(dmsaDn))!, attribute.principals);
  return descriptor ? principalsOf(decodeSecurityDescriptor(descriptor)) : [];
}

type Image<S extends JournalEntry['step']> = Extract<JournalEntry, { step: S }>['beforeImage'];

export function entryOf<S extends JournalEntry['step']>(
  { clock }: Pick<InLab, 'clock'>,
  step: S,
  beforeImage: Image<S>,
  status: JournalStatus = 'intended',
  target = 'dmsa-finance',
): Extract<JournalEntry, { step: S }> {
  const registeredAt = clock.now.toISOString();
  const entry = { id: `${step} ${target}`, step, target, status, registeredAt, beforeImage };
  return entry as unknown as Extract<JournalEntry, { step: S }>;
}

/** How often a host was asked for an operation. */
export function asked({ lab }: InLab, operation: string, host: string = managementHost): number {
  return lab.counts().ssh[host]?.operations[operation] ?? 0;
}

export const migrationId = 'dmsa/lab.example/svc-finance';
