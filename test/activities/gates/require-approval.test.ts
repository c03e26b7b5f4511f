import { beforeAll, describe, expect, test } from 'vitest';

import type { Approval } from '../../../activities/gates/require-approval.ts';
import type { Activities } from '../../../activities/index.ts';
import { newPrivateKey, type PrivateKey, publicKeyOf } from '../../../src/approval/keys.ts';
import { signVote } from '../../../src/approval/signed-votes.ts';
import type { Vote } from '../../../src/domain/gates/votes.ts';
import {
  type ApproverKey,
  type HealthCheck,
  type Plan,
  type Target,
  targetOf,
} from '../../../src/domain/plan/plan.ts';
import { sealPlan } from '../../../src/plan/hash.ts';
import { asked, entryOf, failureOf, type InLab, imageOf, inLab, migrationId, run } from '../in-lab.ts';

const at = '2025-06-01T08:00:00.000Z';
const hash = 'a'.repeat(64);
const execution = 'run-1';
const script: HealthCheck = { kind: 'script', path: 'C:\\ok.ps1', attempts: 1, everySeconds: 1 };

let alice: PrivateKey;
let bob: PrivateKey;
let carol: PrivateKey;
let pinned: ApproverKey[];

beforeAll(async () => {
  alice = await newPrivateKey('LAB\\alice');
  bob = await newPrivateKey('LAB\\bob');
  carol = await newPrivateKey('carol@lab.example');
  pinned = [alice, bob, carol].map((key) => publicKeyOf(key) as ApproverKey);
});

/** A lab, and a plan of its migration in which only signed votes count; `pins`: the worker knows whose. */
async function signed({ pins = true, change = (plan: Plan): Plan => plan } = {}) {
  const world = await inLab();
  const { hash: _, ...planned } = world.plan;
  const plan = sealPlan(change({ ...planned, hash: '', approverKeys: { keys: pinned } }));
  const deps = { ...world.deps, approverKeys: pins ? pinned : null };
  const signedFor = { migration: migrationId, execution, plan: plan.hash };
  const sign = (key: PrivateKey, differs: Partial<Vote> = {}) => {
    const by = key.approver!;
    const vote = { gate: 'start' as const, hash, by, decision: 'approve' as const, reason: '', at };
    return signVote({ ...vote, ...differs }, signedFor, key);
  };
  const approval = (votes: string[], differs: Partial<Approval> = {}): Approval => ({
    ...{ plan, gate: 'start', hash, execution, votes },
    ...differs,
  });
  const create = (given?: Approval, target: Target = targetOf(plan)) =>
    run({ ...world, deps }, 'createDmsa', {
      migrationId,
      entry: entryOf(world, 'create-dmsa', null),
      target,
      ...(given && { approval: given }),
    });
  return { ...world, deps, plan, sign, approval, create };
}

const missing = (message: string) => ({
  type: 'APPROVAL_MISSING',
  nonRetryable: true,
  message: expect.stringContaining(message),
});

describe('a worker that knows the approvers changes nothing without their votes', () => {
  /** Each change that there is on the way forward, and what it is asked on. */
  const changes: Record<string, (world: Awaited<ReturnType<typeof signed>>) => Promise<object>> = {
    createDmsa: async (world) => ({ entry: entryOf(world, 'create-dmsa', null) }),
    startMigration: async (world) => ({
      entry: entryOf(world, 'link', { ...(await imageOf(world)), createdByUs: false }),
    }),
    completeMigration: async (world) => ({
      entry: entryOf(world, 'complete', await imageOf(world)),
    }),
    prepareHosts: async (world) => ({
      entries: [
        entryOf(
          world,
          'prepare-host',
          { policy: null, eventLogEnabled: null },
          'intended',
          'fin01.lab.example',
        ),
      ],
      maxParallel: 1,
      enableEventLog: true,
    }),
    restartHosts: async (world) => ({
      entries: [entryOf(world, 'restart-host', null, 'intended', 'fin01.lab.example')],
      maxParallel: 1,
      timeout: '1m',
      intentAt: at,
    }),
    restartServices: async (world) => ({
      entries: [
        entryOf(world, 'restart-services', { services: ['FinanceApi'] }, 'intended', 'fin01.lab.example'),
      ],
      ...{ maxParallel: 1, serviceTimeout: '1m', direction: 'forward', intentAt: at, eventLogEnabled: true },
    }),
    lookAtHosts: async () => ({ hosts: [{ name: 'fin01.lab.example', services: [], checks: [script] }] }),
  };

  test.each(Object.keys(changes))('%s', async (name) => {
    const world = await signed();
    const given = { migrationId, target: targetOf(world.plan), ...(await changes[name]!(world)) };
    const failure = await failureOf(run(world, name as keyof Activities, given as never));
    expect(failure).toMatchObject(missing('none came with it'));
    expect(world.journal).toEqual([]);
    expect(
      Object.values(world.lab.counts().ssh).flatMap(({ operations }) => Object.keys(operations)),
    ).not.toContain('set-host');
  });

  test('nor does an undo that brings checks, which may be scripts', async () => {
    const world = await signed();
    const undo = { ...(await changes.restartServices!(world)), direction: 'undo' as const, migrationId };
    const checks = { 'fin01.lab.example': [script] };
    expect(await failureOf(run(world, 'restartServices', { ...undo, checks } as never))).toMatchObject(
      missing('none came with it'),
    );
    await run(world, 'restartServices', undo as never);
    expect(asked(world, 'restart-services', 'fin01.lab.example')).toBe(1);
  });
});

describe('votes that allow nothing', () => {
  test('none, of the requester, a no, for other evidence, another gate or another migration', async () => {
    const { create, sign, approval } = await signed();
    const tooFew = missing('0 of 1 signed votes for gate "start" are good');
    expect(await failureOf(create(approval([])))).toMatchObject(tooFew);
    expect(await failureOf(create(approval(['a.b.c'])))).toMatchObject(tooFew);
    for (const vote of [
      sign(alice),
      sign(bob, { decision: 'reject' }),
      sign(bob, { hash: 'c'.repeat(64) }),
      sign(bob, { gate: 'complete' }),
      sign(bob, { by: 'LAB\\carol' }),
    ])
      expect(await failureOf(create(approval([await vote])))).toMatchObject(tooFew);
    const good = [await sign(bob)];
    expect(await failureOf(create(approval(good, { execution: 'run-2' })))).toMatchObject(tooFew);
    const complete = approval([await sign(bob, { gate: 'complete' })], { gate: 'complete' });
    expect(await failureOf(create(complete))).toMatchObject(missing('gate "complete" do not allow it'));
  });

  test('of a plan that was edited, or that lists a key which the worker does not know', async () => {
    const edited = await signed();
    const changed = edited.approval([await edited.sign(bob)], {
      plan: { ...edited.plan, requestedBy: 'LAB\\dave' },
    });
    expect(await failureOf(edited.create(changed))).toMatchObject({ type: 'PLAN_EDITED' });
    const mallory = await newPrivateKey('LAB\\bob');
    const keys = [publicKeyOf(mallory) as ApproverKey];
    const own = await signed({ change: (plan) => ({ ...plan, approverKeys: { keys } }) });
    expect(await failureOf(own.create(own.approval([await own.sign(mallory)])))).toMatchObject(
      missing('none that this worker knows'),
    );
  });

  test('for one dMSA, of another: what the activity is told to change is what the plan says', async () => {
    const { create, sign, approval, plan, lab } = await signed();
    const target = targetOf(plan);
    const other = { ...target, dmsa: { ...target.dmsa, name: 'dmsa-evil' } };
    const votes = [await sign(bob)];
    expect(await failureOf(create(approval(votes), other))).toMatchObject(missing('another plan'));
    const elsewhere = { ...target, account: { ...target.account, samAccountName: 'Administrator' } };
    expect(await failureOf(create(approval(votes), elsewhere))).toMatchObject(missing('another plan'));
    expect(lab.counts().ssh['mgmt01.lab.example']?.operations['new-dmsa']).toBeUndefined();
  });

  test('for a host, a service or a script that is not in the plan', async () => {
    const world = await signed();
    const approved = world.approval([await world.sign(bob)]);
    const restart = (services: string[], host = 'fin01.lab.example', checks = {}) =>
      run(world, 'restartServices', {
        migrationId,
        entries: [entryOf(world, 'restart-services', { services }, 'intended', host)],
        ...{
          maxParallel: 1,
          serviceTimeout: '1m',
          direction: 'forward',
          intentAt: at,
          eventLogEnabled: true,
        },
        checks,
        approval: approved,
      });
    expect(await failureOf(restart(['Spooler']))).toMatchObject(missing('names no service Spooler there'));
    expect(await failureOf(restart([], 'mgmt01.lab.example'))).toMatchObject(missing('no host of the plan'));
    expect(
      await failureOf(restart(['FinanceApi'], undefined, { 'fin01.lab.example': [script] })),
    ).toMatchObject(missing('brings a check that the plan has not'));
    expect(world.lab.counts().ssh['fin01.lab.example']?.operations['restart-services']).toBeUndefined();
    expect(await restart(['FinanceApi'])).toMatchObject([{ status: 'done' }]);
  });

  test('of two keys of one person where two people are wanted, whatever the plan calls the domain', async () => {
    const device = await newPrivateKey('BOB@lab.example');
    const two = [bob, device].map((key) => publicKeyOf(key) as ApproverKey);
    const world = await signed({
      change: (plan) => ({
        ...plan,
        domain: { ...plan.domain, netbiosName: 'OTHER' },
        approverKeys: { keys: two },
        gates: { ...plan.gates, start: { ...plan.gates.start, required: 2 } },
      }),
    });
    world.deps.approverKeys = [...pinned, ...two];
    const votes = [await world.sign(bob), await world.sign(device)];
    expect(await failureOf(world.create(world.approval(votes)))).toMatchObject(missing('1 of 2'));
  });
});

test('a service that came after the plan blocks where votes are signed, as they do not allow its restart', async () => {
  const blocking = async (world: InLab) => {
    const { settings } = world.lab.hosts[0]!;
    settings.services.push({ ...settings.services[0]!, name: 'NewApi' });
    const { findings } = await run(world, 'preflight', {
      ...{ plan: world.plan, gate: 'start', expect: 'unlinked', allowed: [], hosts: null },
      server: 'dc1.lab.example',
    });
    return findings.filter(({ severity }) => severity === 'block');
  };
  expect(await blocking(await signed())).toMatchObject([
    { code: 'SERVICE_UNPLANNED', subject: 'fin01.lab.example', evidence: 'NewApi' },
  ]);
  expect(await blocking(await inLab())).toEqual([]);
});

describe('votes that allow it', () => {
  test('of an approver of the plan, which the worker knows, or of plans alone on a worker that knows none', async () => {
    for (const pins of [true, false]) {
      const { create, sign, approval } = await signed({ pins });
      expect(await create(approval([await sign(bob), 'a.b.c']))).toMatchObject({ state: 0 });
    }
  });

  test('a plan without keys on a worker without keys is asked for none', async () => {
    const { create } = await signed({ pins: false });
    expect(await create()).toMatchObject({ state: 0 });
  });
});
