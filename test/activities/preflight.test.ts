import { describe, expect, test } from 'vitest';

import { setPrincipals } from '../../lab/rules/dmsa.ts';
import { completeMigration } from '../../lab/rules/phases.ts';
import { uac } from '../../src/directory/schema.ts';
import { driftText } from '../../src/domain/values/drift.ts';
import { wordCompletionFault } from '../../src/wording/completion-fault.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { accountDn, asked, dmsaDn, failureOf, type InLab, inLab, linked, pair, run } from './in-lab.ts';

function input(world: InLab, changes: Partial<Parameters<typeof run<'preflight'>>[2]> = {}) {
  return {
    plan: world.plan,
    gate: 'start',
    expect: 'unlinked' as const,
    allowed: [],
    hosts: null,
    server: world.plan.domain.server,
    ...changes,
  };
}

async function completed(): Promise<InLab> {
  const world = await linked((topology) => {
    for (const host of topology.hosts) host.policy = { value: 1, keyExists: true };
  });
  const sids = world.plan.hosts.map((host) => host.computerSid);
  await setPrincipals(world.lab.dc, dmsaDn, sids);
  await completeMigration(world.lab.dc, pair);
  return world;
}

describe('the plan is checked once more on the worker', () => {
  const world = { deps: {} as never, clock: { now: new Date(0) } };

  test('whoever edited it is told so, for good', async () => {
    const edited = { ...samplePlan(), enableEventLog: false };
    expect(await failureOf(run(world, 'checkPlan', edited))).toMatchObject({
      type: 'PLAN_EDITED',
      nonRetryable: true,
    });
    expect(await failureOf(run(world, 'checkPlan', 'not a plan' as never))).toMatchObject({
      type: 'PLAN_INVALID',
      nonRetryable: true,
    });
  });

  test('and an untouched one is accepted', async () => {
    expect(await run(world, 'checkPlan', samplePlan())).toEqual({ hash: samplePlan().hash });
  });
});

describe('preflight', () => {
  test('says what stands in the way, and changes nothing', async () => {
    const world = await inLab();
    world.lab.hosts[1]!.settings.build = 20348;
    const { updates } = world.store;
    const { findings } = await run(world, 'preflight', input(world));
    expect(findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'HOST_TOO_OLD fin02.lab.example',
      `CONSTRAINED_DELEGATION ${accountDn}`,
    ]);
    expect(world.store.updates).toBe(updates);
  });

  test('a host that cannot be asked is a finding, not a failure', async () => {
    const refusing = { now: false };
    const world = await inLab(undefined, {
      ssh: { onConnection: (host) => (host === 'fin03.lab.example' && refusing.now ? 'refuse' : null) },
    });
    refusing.now = true;
    const { findings } = await run(world, 'preflight', input(world));
    expect(findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'HOST_UNREACHABLE fin03.lab.example',
      `CONSTRAINED_DELEGATION ${accountDn}`,
    ]);
  });

  test('once linked, it is asked again later: weeks of waiting are not turned back for a reboot', async () => {
    const rebooting = { now: false };
    const world = await linked(undefined, {
      ssh: { onConnection: (host) => (host === 'fin03.lab.example' && rebooting.now ? 'refuse' : null) },
    });
    rebooting.now = true;
    const again = { type: 'HOSTS_NOT_ASKED', nonRetryable: false };
    const request = input(world, { gate: 'complete', expect: 'linked' });
    expect(await failureOf(run(world, 'preflight', request))).toMatchObject(again);
    const { server } = world.plan.domain;
    const completedAt = new Date(0).toISOString();
    const after = { plan: world.plan, server, completedAt, principals: [], running: {} };
    expect(await failureOf(run(world, 'verifyCompleted', after))).toMatchObject(again);
  });

  test('once linked, a host with another key is named as that, and a person has time to act', async () => {
    const world = await linked();
    world.lab.settings.hosts['fin03.lab.example']!.fingerprint = [`SHA256:${'A'.repeat(43)}`];
    const request = input(world, { gate: 'complete', expect: 'linked' });
    expect(await failureOf(run(world, 'preflight', request))).toMatchObject({
      type: 'HOSTS_NOT_ASKED',
      nonRetryable: false,
      message: expect.stringMatching(
        /fin03\.lab\.example answers HOST_KEY_MISMATCH: .*presented the key SHA256:/,
      ),
    });
  });

  test('has the same hash while nothing changes, another for another gate, and another after any change', async () => {
    const world = await inLab();
    const { hash, findings } = await run(world, 'preflight', input(world));
    expect(findings.map(({ code }) => code)).toEqual(['CONSTRAINED_DELEGATION']);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    world.clock.now = new Date('2025-06-05T00:00:00.000Z');
    expect((await run(world, 'preflight', input(world))).hash).toBe(hash);
    expect((await run(world, 'preflight', input(world, { gate: 'complete' }))).hash).not.toBe(hash);
    await world.store.replace(accountDn, { userPrincipalName: ['other@lab.example'] });
    expect((await run(world, 'preflight', input(world))).hash).not.toBe(hash);
  });

  test('takes facts of hosts over instead of asking again', async () => {
    const world = await inLab();
    const { facts, hash } = await run(world, 'preflight', input(world));
    const before = asked(world, 'inspect-host', 'fin01.lab.example');
    const again = await run(world, 'preflight', input(world, { hosts: facts.hosts }));
    expect(again.hash).toBe(hash);
    expect(asked(world, 'inspect-host', 'fin01.lab.example')).toBe(before);
  });
});

describe('after undoing', () => {
  test('every difference to what was before is named, and none where there is none', async () => {
    const world = await inLab();
    const { facts: before } = await run(world, 'preflight', input(world));
    const { plan } = world;
    const restored = { plan, before, server: plan.domain.server };
    expect((await run(world, 'verifyRestored', restored)).differences).toEqual([]);
    await world.store.replace(accountDn, { 'msDS-AllowedToDelegateTo': [] });
    world.lab.hosts[0]!.settings.policy = { value: 1, keyExists: true };
    const { facts, differences } = await run(world, 'verifyRestored', restored);
    expect(differences.map(driftText)).toEqual([
      'account.allowedToDelegateTo.MSSQLSvc/sql01.lab.example:1433: MSSQLSvc/sql01.lab.example:1433 → absent',
      'hosts.fin01.lab.example.policy.value: null → 1',
      'hosts.fin01.lab.example.policy.keyExists: false → true',
    ]);
    expect(facts.account!.allowedToDelegateTo).toEqual([]);
  });
});

describe('after completion', () => {
  const at = '2025-06-01T08:00:00.000Z';
  const faults = async (world: InLab) =>
    (
      await run(world, 'verifyCompleted', {
        plan: world.plan,
        server: world.plan.domain.server,
        completedAt: at,
        principals: world.plan.hosts.map(({ computerSid }) => computerSid),
        running: Object.fromEntries(world.plan.hosts.map(({ name, services }) => [name, services])),
      })
    ).faults.map(wordCompletionFault);

  test('an account that was deleted, as superseded is not removable', async () => {
    const world = await completed();
    await world.store.remove(accountDn);
    expect((await faults(world))[0]).toBe(
      'the superseded account was deleted: its services cannot log on any more',
    );
  });

  test('an account that is enabled again, a host that was thrown out, a service that was repointed', async () => {
    const world = await completed();
    await world.store.replace(accountDn, { userAccountControl: [String(uac.normalAccount | 0x20)] });
    await setPrincipals(
      world.lab.dc,
      dmsaDn,
      world.plan.hosts.slice(1).map((host) => host.computerSid),
    );
    world.lab.hosts[2]!.settings.services[0]!.startName = 'LAB\\dmsa-finance$';
    expect(await faults(world)).toEqual([
      `${accountDn} is enabled`,
      'fin01.lab.example is not among the principals',
      'fin03.lab.example: FinanceBatch no longer logs on as the account',
    ]);
  });

  test('a service that ran before and is stopped now', async () => {
    const world = await completed();
    world.lab.hosts[0]!.settings.services[0]!.state = 'Stopped';
    expect(await faults(world)).toEqual(['fin01.lab.example: FinanceApi is Stopped']);
  });

  test('a pair that is not completed', async () => {
    expect((await faults(await linked()))[0]).toBe(
      `account state 1, link ${dmsaDn}; dMSA state 1, link ${accountDn}`,
    );
  });

  test('nothing, when all is well', async () => {
    expect(await faults(await completed())).toEqual([]);
  });
});
