import { describe, expect, test } from 'vitest';
import { addPrincipal } from '../../../lab/rules/logon.ts';
import { startMigration } from '../../../lab/rules/phases.ts';
import { labController, twoControllers } from '../../../lab/topology.ts';
import { connectionsOf } from '../../../src/connections.ts';
import { addDmsa, dmsaDn, entryOf, failureOf, type InLab, inLab, migrationId, pair, run } from '../in-lab.ts';

const dc1 = 'dc1.lab.example';
const dc2 = 'dc2.lab.example';
const lagging = { type: 'REPLICATION_LAGGING', nonRetryable: false };
const nothing = { account: null, dmsa: null, createdByUs: true };

/** dc1 is kept, and has linked the accounts; dc2 is older, so that it is read and sent nothing, and has not heard. */
async function olderSecond(before: (world: InLab) => Promise<void> = addDmsa): Promise<InLab> {
  const both = await inLab((topology) => {
    const older = labController('dc2', { served: true, build: 20348 });
    topology.controllers = [labController('dc1', { served: true }), older];
  });
  expect(both.plan.domain.server).toBe(dc1);
  await before(both);
  both.lab.replication!.automatic = false;
  return both;
}

const link = (both: InLab, status: 'intended' | 'applied' = 'intended') => ({
  migrationId,
  target: both.target,
  entry: entryOf(both, 'link', nothing, status),
});
const done = ({ lab }: InLab, name: string) =>
  lab.controllers[name]!.dc.events.map(({ operation }) => operation);
const withServers = (both: InLab, directoryServers: string[]): InLab => ({
  ...both,
  deps: { ...both.deps, directoryServers },
});

describe('where a DC is read that cmdlets do not go to', () => {
  test('the kept one is asked before an undo is believed done', async () => {
    const both = await olderSecond();
    await startMigration(both.lab.dc, pair);
    await both.lab.controllers[dc1]!.stop();
    const failure = await failureOf(run(both, 'undoLink', link(both, 'applied')));
    expect(failure).toMatchObject(lagging);
    expect(failure.message).toContain(`${dc2} and ${dc1} do not agree yet: DIRECTORY_UNREACHABLE`);
    await both.lab.controllers[dc1]!.start();
    expect(await run(both, 'undoLink', link(both, 'applied'))).toEqual({ server: dc1 });
    expect(done(both, dc1)).toEqual(['START-MIGRATION', 'UNDO-MIGRATION']);
  });

  test('Start is not sent twice to the one that has done it', async () => {
    const both = await olderSecond();
    await startMigration(both.lab.dc, pair);
    await both.lab.controllers[dc1]!.stop();
    expect(await failureOf(run(both, 'startMigration', link(both), 2))).toMatchObject(lagging);
  });

  test('nor is Undo, which would go back one phase more', async () => {
    const both = await olderSecond(async (made) => {
      await addDmsa(made);
      await startMigration(made.lab.dc, pair);
    });
    await both.lab.controllers[dc1]!.stop();
    expect(await failureOf(run(both, 'undoLink', link(both, 'applied'), 2))).toMatchObject(lagging);
    expect(done(both, dc1)).toEqual(['START-MIGRATION']);
  });

  test('and no setting has the other: nothing is concluded of what was never seen', async () => {
    const both = await olderSecond();
    await startMigration(both.lab.dc, pair);
    await both.lab.controllers[dc1]!.stop();
    const alone = withServers(both, [dc2]);
    const failure = await failureOf(run(alone, 'undoLink', link(both)));
    expect(failure).toMatchObject(lagging);
    expect(failure.message).toContain(`${dc1}, which the cmdlets go to, is not in directory.urls`);
    expect(await failureOf(run(alone, 'startMigration', link(both), 2))).toMatchObject(lagging);
    // Where the link was read from this DC before, its absence is news.
    expect(await run(alone, 'undoLink', link(both, 'applied'))).toEqual({ server: dc1 });
  });
});

describe('where URLs are aliases', () => {
  const names: Record<string, string> = { 'one.lab.example': dc1, 'two.lab.example': dc2 };
  async function aliased(): Promise<InLab> {
    const both = await inLab((topology) => {
      topology.controllers = twoControllers();
    });
    await addDmsa(both);
    both.lab.replication!.automatic = false;
    const { connectDirectory } = both.deps;
    const deps = {
      ...both.deps,
      directoryServers: Object.keys(names),
      connectDirectory: ((options = {}) =>
        connectDirectory({
          ...options,
          ...(options.only && { only: names[options.only] ?? options.only }),
        })) as typeof connectDirectory,
    };
    return { ...both, deps };
  }

  test('the kept DC is known by its own name, and its silence counts', async () => {
    const both = await aliased();
    await startMigration(both.lab.dc, pair);
    await both.lab.controllers[dc1]!.stop();
    expect(await failureOf(run(both, 'undoLink', link(both, 'applied')))).toMatchObject(lagging);
    expect(await failureOf(run(both, 'startMigration', link(both), 2))).toMatchObject(lagging);
  });

  test('and where it agrees, something may be concluded', async () => {
    const both = await aliased();
    await both.lab.controllers[dc2]!.stop();
    expect(await run(both, 'undoLink', link(both, 'applied'))).toEqual({ server: dc1 });
    await both.lab.controllers[dc2]!.start();
    const target = { ...both.target, domain: { ...both.target.domain, server: dc2 } };
    await both.lab.controllers[dc1]!.stop();
    expect(await run(both, 'undoLink', { ...link(both, 'applied'), target })).toEqual({ server: dc2 });
  });
});

test('a retry of Start goes on where another DC has only not heard of the dMSA yet', async () => {
  const both = await inLab((topology) => {
    topology.controllers = twoControllers();
  });
  both.lab.replication!.automatic = false;
  await addDmsa(both);
  expect(await both.lab.controllers[dc2]!.store.read(dmsaDn)).toBeNull();
  expect(await run(both, 'startMigration', link(both), 2)).toMatchObject({ server: dc1, dmsa: { state: 1 } });
});

test('a host that has joined on another DC is not missing once its time is up', async () => {
  const both = await inLab((topology) => {
    topology.controllers = twoControllers();
  });
  await addDmsa(both);
  await startMigration(both.lab.dc, pair);
  both.lab.replication!.automatic = false;
  const { dc } = both.lab.controllers[dc2]!;
  const hosts = both.plan.hosts.slice(0, 1);
  await addPrincipal(dc, (await dc.store.read(dmsaDn))!, hosts[0]!.computerSid);
  const until = both.clock.now.toISOString();
  const verify = () => run(both, 'verifyPrincipals', { target: both.target, hosts, until });
  expect(await failureOf(verify())).toMatchObject(lagging);
  both.lab.replication!.replicate();
  expect(await verify()).toMatchObject({ principals: [{ sid: hosts[0]!.computerSid }] });
});

describe('a DC of another domain in the settings', () => {
  const withChild = () =>
    inLab((topology) => {
      topology.child = { name: 'emea', account: { ...topology.account, name: 'svc-emea' }, hosts: [] };
    });

  test('does not make the account seem to be gone where it is the only one that answers', async () => {
    const world = await withChild();
    const { connectDirectory } = connectionsOf(world.lab.child!.settings);
    const deps = { ...world.deps, connectDirectory };
    const unreachable = { type: 'DIRECTORY_UNREACHABLE', nonRetryable: false };
    const failure = await failureOf(run({ ...world, deps }, 'undoLink', link(world)));
    expect(failure).toMatchObject(unreachable);
    expect(failure.message).toContain('this one is of DC=emea,DC=lab,DC=example');
    const asked = { plan: world.plan, gate: 'complete', expect: 'linked' as const, allowed: [], hosts: [] };
    const looked = run({ ...world, deps }, 'preflight', { ...asked, server: dc1 });
    expect(await failureOf(looked)).toMatchObject(unreachable);
  });

  test('has no say in what is concluded', async () => {
    const world = await withChild();
    const other = connectionsOf(world.lab.child!.settings);
    const [name] = other.directoryServers;
    const connectDirectory: typeof other.connectDirectory = (options = {}) =>
      (options.only === name ? other : world.deps).connectDirectory(options);
    const directoryServers = [...world.deps.directoryServers, name!];
    await addDmsa(world);
    const deps = { ...world.deps, connectDirectory, directoryServers };
    expect(await run({ ...world, deps }, 'undoLink', link(world, 'applied'))).toEqual({ server: dc1 });
  });
});
