import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type LiveStatus, Migrations } from '../../src/client/migrations.ts';
import type { Vote } from '../../src/domain/gates/votes.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../support/temporal.ts';

describe.skipIf(!(await temporalAvailable()).available)('the client of migrations', () => {
  let temporal: TestTemporal;
  let worker: Worker;
  let running: Promise<void>;
  let migrations: Migrations;
  let releaseActivity: () => void;
  const taskQueue = unique('client');

  beforeAll(async () => {
    temporal = await connectTestTemporal();
    await registerSearchAttributes(temporal.connection, temporal.namespace);
    const released = new Promise<void>((resolve) => {
      releaseActivity = resolve;
    });
    worker = await Worker.create({
      connection: temporal.nativeConnection,
      namespace: temporal.namespace,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
      activities: {
        async restartServices() {
          const host = 'web02.lab.example';
          Context.current().heartbeat({ hosts: { [host]: { host, status: 'done', result: {} } } });
          await released;
        },
      },
    });
    running = worker.run();
    migrations = new Migrations(temporal.client, { taskQueue });
  });
  afterAll(async () => {
    worker.shutdown();
    await running;
    await temporal.close();
  });

  const { account, waits } = samplePlan();
  /** A plan for an account that no other test has. */
  const newPlan = (changes: Partial<Omit<Plan, 'hash'>> = {}) =>
    samplePlan({ account: { ...account, samAccountName: `Svc-${randomUUID()}` }, ...changes });
  const vote = (changes: Partial<Vote> = {}): Vote => ({
    gate: 'start',
    hash: 'abc',
    by: 'LAB\\ann',
    decision: 'approve',
    reason: 'fine',
    ...changes,
  });
  const who = { by: 'LAB\\ann', reason: 'because' };

  test('refuses a second migration of an account while the first runs, and allows one after it.', async () => {
    const plan = newPlan();
    const id = await migrations.start(plan);
    await expect(migrations.start(plan)).rejects.toMatchObject({ code: 'MIGRATION_RUNNING', subject: id });
    await migrations.send(id, 'undo', who);
    expect(await migrations.result(id)).toMatchObject({ outcome: 'undone' });
    expect(await migrations.start(plan)).toBe(id);
    await migrations.send(id, 'undo', who);
    await migrations.result(id);
  });

  test('of two operators who start at once, one does, and the other is told.', async () => {
    const plan = newPlan();
    const both = await Promise.allSettled([migrations.start(plan), migrations.start(plan)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'MIGRATION_RUNNING' },
    });
    const [id] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await migrations.send(id!, 'undo', who);
    await migrations.result(id!);
  });

  test('says that a migration does not exist, or has ended.', async () => {
    await expect(migrations.status('dmsa/lab.example/nobody')).rejects.toMatchObject({
      code: 'MIGRATION_NOT_FOUND',
    });
    await expect(migrations.send(`nobody-${randomUUID()}`, 'pause', who)).rejects.toMatchObject({
      code: 'MIGRATION_NOT_FOUND',
    });
    const id = await migrations.start(newPlan());
    await migrations.vote(id, vote());
    await migrations.result(id);
    await expect(migrations.send(id, 'undo', who)).rejects.toMatchObject({ code: 'MIGRATION_ENDED' });
    expect(await migrations.status(id)).toMatchObject({ outcome: 'completed', ended: true });
  });

  test('says that no worker answers.', async () => {
    const lonely = new Migrations(temporal.client, { taskQueue: unique('nobody'), answerWithinMs: 1_000 });
    const id = await lonely.start(newPlan());
    await expect(lonely.status(id)).rejects.toMatchObject({ code: 'NO_WORKER', subject: id });
    await temporal.client.workflow.getHandle(id).terminate();
  });

  test('returns each vote as it was recorded: refused with the reason, or counted.', async () => {
    const plan = newPlan();
    const id = await migrations.start(plan);
    const own = vote({ by: plan.requestedBy });
    expect(await migrations.vote(id, own)).toMatchObject({ ...own, code: 'VOTE_BY_REQUESTER' });
    expect(await migrations.vote(id, own)).toMatchObject({ ...own, code: 'VOTE_BY_REQUESTER' });
    expect((await migrations.status(id)).gates[0]!.votes).toHaveLength(2);
    expect(await migrations.vote(id, vote({ decision: 'reject' }))).toMatchObject({
      decision: 'reject',
      verdict: 'counted',
    });
    await migrations.result(id);
  });

  test('finds a migration by id, by account, by DOMAIN\\account and by account@domain, in any case.', async () => {
    const samAccountName = `Svc-O'Hara-${randomUUID()}`;
    const plan = newPlan({ account: { ...account, samAccountName } });
    const id = await migrations.start(plan);
    const name = plan.account.samAccountName;
    for (const written of [id, id.toUpperCase(), `${name}@LAB.example`])
      expect((await migrations.status(written)).migrationId.toLowerCase()).toBe(id);
    // Lists are eventually consistent.
    await expect
      .poll(() => migrations.status(name.toUpperCase()).catch(() => null))
      .toMatchObject({ account: name });
    expect((await migrations.status(`LAB\\${name}`)).account).toBe(name);
    await migrations.send(id, 'undo', who);
    await migrations.result(id);
  });

  test('lists what runs, and what has ended only when asked for all.', async () => {
    const plan = newPlan();
    const id = await migrations.start(plan);
    const mine = async (all: boolean) =>
      (await migrations.list({ all })).filter(({ migrationId }) => migrationId === id);
    await expect
      .poll(() => mine(false))
      .toMatchObject([
        {
          account: plan.account.samAccountName,
          stage: 'plan',
          gate: 'none',
          outcome: 'running',
          endedAt: null,
        },
      ]);
    await temporal.client.workflow.getHandle(id).terminate();
    await expect
      .poll(() => mine(true))
      .toMatchObject([{ outcome: 'terminated', endedAt: expect.any(String) }]);
    expect(await mine(false)).toEqual([]);
  });

  test('passes on pause, resume, retry and an allowed principal.', async () => {
    const id = await migrations.start(newPlan());
    expect(await migrations.send(id, 'pause', who)).toMatchObject({ ...who, verdict: 'accepted' });
    expect((await migrations.status(id)).paused).toBe(true);
    expect(await migrations.send(id, 'pause', who)).toMatchObject({ code: 'SIGNAL_PAUSED_ALREADY' });
    await migrations.send(id, 'resume', who);
    await migrations.send(id, 'retry', { ...who, accept: true });
    await migrations.send(id, 'allowPrincipal', { ...who, sid: 'S-1-5-21-9' });
    await expect
      .poll(() => migrations.status(id))
      .toMatchObject({
        paused: false,
        failure: { message: 'accept true' },
        allowedPrincipals: [{ ...who, sid: 'S-1-5-21-9' }],
      });
    await migrations.send(id, 'undo', who);
    await migrations.result(id);
  });

  test('watches each change up to the outcome, what hosts have done by heartbeat included.', async () => {
    const id = await migrations.start(newPlan({ waits: { ...waits, soak: '0s' } }));
    const seen: LiveStatus[] = [];
    for await (const status of migrations.watch(id, { everyMs: 20 })) {
      seen.push(status);
      if (status.progress['web02.lab.example'] && !status.paused) await migrations.send(id, 'pause', who);
      if (status.paused && status.gates[0]!.votes.length === 0) {
        releaseActivity();
        await migrations.vote(id, vote());
      }
    }
    const restarted = seen.find((status) => status.progress['web02.lab.example'])!;
    expect(restarted.progress).toEqual({ 'web02.lab.example': 'services restarted' });
    expect(restarted.hosts.map((host) => host.restarted)).toEqual(['unknown', 'yes', 'unknown']);
    expect(seen.at(-1)).toMatchObject({ outcome: 'completed', ended: true });
    expect(new Set(seen.map((status) => JSON.stringify(status))).size).toBe(seen.length);
  });

  test('says of a workflow that was terminated that only a person can go on.', async () => {
    const id = await migrations.start(newPlan());
    await migrations.status(id);
    await temporal.client.workflow.getHandle(id).terminate();
    const seen: LiveStatus[] = [];
    for await (const status of migrations.watch(id, { everyMs: 20 })) seen.push(status);
    expect(seen.at(-1)).toMatchObject({
      outcome: 'needs-operator',
      failure: {
        code: 'MIGRATION_STOPPED',
        message:
          'the workflow was ended from outside (terminated): nothing has been undone (dmsa resume --adopt goes on with it)',
      },
    });
  });

  test('watching goes on while no worker answers, and ends when it is told to.', async () => {
    const lonely = new Migrations(temporal.client, { taskQueue: unique('nobody'), answerWithinMs: 300 });
    const id = await lonely.start(newPlan());
    const stop = new AbortController();
    const troubles: string[] = [];
    const watching = lonely.watch(id, {
      everyMs: 1,
      signal: stop.signal,
      onTrouble: ({ code }) => {
        troubles.push(code);
        if (troubles.length === 2) stop.abort();
      },
    });
    const seen: LiveStatus[] = [];
    for await (const status of watching) seen.push(status);
    expect(seen).toEqual([]);
    expect(troubles).toEqual(['NO_WORKER', 'NO_WORKER']);
    await temporal.client.workflow.getHandle(id).terminate();
  });
});
