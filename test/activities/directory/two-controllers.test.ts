import { describe, expect, test } from 'vitest';
import type { DcEvent } from '../../../lab/rules/domain-controller.ts';
import { startMigration } from '../../../lab/rules/phases.ts';
import { twoControllers } from '../../../lab/topology.ts';
import type { Evidence } from '../../../src/domain/facts/evidence.ts';
import {
  addDmsa,
  dmsaDn,
  entryOf,
  failureOf,
  type InLab,
  imageOf,
  inLab,
  migrationId,
  pair,
  run,
} from '../in-lab.ts';

const dc1 = 'dc1.lab.example';
const dc2 = 'dc2.lab.example';
const lagging = { type: 'REPLICATION_LAGGING', nonRetryable: false };
const nothing = { account: null, dmsa: null, createdByUs: true };

/** dc1, which the plan keeps, and dc2, which learns nothing from now on unless the test replicates. */
async function world(before: (world: InLab) => Promise<void> = async () => undefined): Promise<InLab> {
  const both = await inLab((topology) => {
    topology.controllers = twoControllers();
  });
  expect(both.plan.domain.server).toBe(dc1);
  await before(both);
  both.lab.replication!.automatic = false;
  return both;
}

/** What has been done on each DC by itself. */
const done = ({ lab }: InLab, name: string) =>
  lab.controllers[name]!.dc.events.map(({ operation }: DcEvent) => operation);
const link = (both: InLab, status: 'intended' | 'applied' = 'intended') => ({
  migrationId,
  target: both.target,
  entry: entryOf(both, 'link', nothing, status),
});

const asked = (both: InLab, expect: 'unlinked' | 'linked') => ({
  plan: both.plan,
  gate: 'start',
  expect,
  allowed: [],
  hosts: null,
  server: both.plan.domain.server,
});

describe('a step is carried out', () => {
  test('on the DC that is kept, whichever comes first in the settings', async () => {
    const both = await world(addDmsa);
    const { target } = both;
    const kept = { ...target, domain: { ...target.domain, server: dc2 } };
    expect(await run(both, 'startMigration', { ...link(both), target: kept })).toMatchObject({ server: dc2 });
    expect([done(both, dc1), done(both, dc2)]).toEqual([[], ['START-MIGRATION']]);
  });

  test('on the next one where it does not answer, and that is the one to keep', async () => {
    const both = await world(addDmsa);
    await both.lab.controllers[dc1]!.stop();
    expect(await run(both, 'startMigration', link(both))).toMatchObject({ server: dc2, dmsa: { state: 1 } });
    expect([done(both, dc1), done(both, dc2)]).toEqual([[], ['START-MIGRATION']]);
  });

  test('and undone there, too', async () => {
    const both = await world(async (made) => {
      await addDmsa(made);
      await startMigration(made.lab.dc, pair);
    });
    await both.lab.controllers[dc1]!.stop();
    expect(await run(both, 'undoLink', link(both, 'applied'))).toEqual({ server: dc2 });
    expect(done(both, dc2)).toEqual(['UNDO-MIGRATION']);
  });
});

describe('nothing is concluded', () => {
  test('of a lost answer from a DC that may not have heard: Start is not sent twice, and claimed once it has', async () => {
    const both = await world(addDmsa);
    await startMigration(both.lab.dc, pair);
    await both.lab.controllers[dc1]!.stop();
    expect(await failureOf(run(both, 'startMigration', link(both), 2))).toMatchObject(lagging);
    await both.lab.controllers[dc1]!.start();
    expect(await run(both, 'startMigration', link(both), 3)).toMatchObject({ server: dc1 });
    expect([done(both, dc1), done(both, dc2)]).toEqual([['START-MIGRATION'], []]);
  });

  test('of a lost answer to creating the dMSA: it is not created twice', async () => {
    const both = await world();
    await addDmsa(both);
    await both.lab.controllers[dc1]!.stop();
    const input = { migrationId, target: both.target, entry: entryOf(both, 'create-dmsa', null) };
    expect(await failureOf(run(both, 'createDmsa', input, 2))).toMatchObject(lagging);
    expect(await failureOf(run(both, 'removeDmsa', input))).toMatchObject(lagging);
    expect(await both.lab.controllers[dc2]!.store.read(dmsaDn)).toBeNull();
  });

  test('of an undo that seems to be done already, unless the other DC is no longer in the settings', async () => {
    const both = await world(addDmsa);
    await startMigration(both.lab.dc, pair);
    await both.lab.controllers[dc1]!.stop();
    const failure = await failureOf(run(both, 'undoLink', link(both, 'applied')));
    expect(failure).toMatchObject(lagging);
    expect(failure.message).toContain(`${dc2} and ${dc1} do not agree yet: DIRECTORY_UNREACHABLE`);
    expect(failure.message).toContain('if it is gone for good, take it out of directory.urls');
    const without = { ...both, deps: { ...both.deps, directoryServers: [dc2] } };
    expect(await run(without, 'undoLink', link(both, 'applied'))).toEqual({ server: dc2 });
  });

  test('of a state that the DC that is back has not unlearned yet', async () => {
    const both = await world(addDmsa);
    const { facts: before } = await run(both, 'preflight', asked(both, 'unlinked'));
    await startMigration(both.lab.dc, pair);
    both.lab.replication!.replicate();
    await both.lab.controllers[dc1]!.stop();
    const { server } = await run(both, 'undoLink', link(both, 'applied'));
    await both.lab.controllers[dc1]!.start();
    const restored = { plan: both.plan, before, server };
    expect((await run(both, 'verifyRestored', restored)).differences).toEqual([]);
    const forgotten = { ...restored, server: dc1 };
    expect(await failureOf(run(both, 'verifyRestored', forgotten))).toMatchObject(lagging);
  });

  test('of principals that one DC has and the other has not: the observation starts again once both have them', async () => {
    const both = await world(async (made) => {
      await addDmsa(made);
      await startMigration(made.lab.dc, pair);
    });
    const { target, plan } = both;
    const until = '2025-07-01T00:00:00.000Z';
    const digest = (await imageOf(both)).dmsa.principalsDigest;
    const look = () =>
      run(both, 'observe', { target, hosts: plan.hosts, until, everyMs: 1_000, digest } as never);
    expect(await failureOf(look())).toMatchObject({ type: 'NOT_DUE' });
    await both.deps.transport.run(
      'mgmt01.lab.example',
      'set-principals',
      { dmsa: dmsaDn, principals: [plan.hosts[0]!.computerSid], server: dc1 },
      { timeoutMs: 10_000 },
    );
    expect(await failureOf(look())).toMatchObject(lagging);
    both.lab.replication!.replicate();
    expect(await look()).toMatchObject({ verdict: 'principals-changed' });
  });
});

describe('preflight', () => {
  const lag = ({ findings }: Evidence) => findings.filter(({ code }) => code === 'REPLICATION_LAGGING');

  test('shows what another DC has not learned, which is no part of what is voted on', async () => {
    const both = await world();
    const before = await run(both, 'preflight', asked(both, 'unlinked'));
    expect(before).toMatchObject({ server: dc1, domain: { replicas: [{ server: dc2, agrees: 'yes' }] } });
    expect(lag(before)).toEqual([]);
    await addDmsa(both);
    const after = await run(both, 'preflight', asked(both, 'unlinked'));
    expect(lag(after)).toMatchObject([
      { severity: 'warn', subject: dc2, evidence: 'dMSA: there → not there' },
    ]);
    both.lab.replication!.replicate();
    const settled = await run(both, 'preflight', asked(both, 'unlinked'));
    expect(lag(settled)).toEqual([]);
    expect(settled.hash).toBe(after.hash);
  });

  test('of linked accounts does not take a DC that has not heard of the link for one that has lost it', async () => {
    const both = await world(addDmsa);
    await startMigration(both.lab.dc, pair);
    await both.lab.controllers[dc1]!.stop();
    expect(await failureOf(run(both, 'preflight', asked(both, 'linked')))).toMatchObject(lagging);
  });

  test('says which DC it read where the kept one does not answer', async () => {
    const both = await world();
    await both.lab.controllers[dc1]!.stop();
    const evidence = await run(both, 'preflight', asked(both, 'unlinked'));
    expect(evidence.server).toBe(dc2);
    expect(lag(evidence)).toEqual([]);
    expect(evidence.domain.replicas).toMatchObject([{ server: dc1, agrees: 'unknown' }]);
  });
});
