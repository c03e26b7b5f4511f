import { describe, expect, test } from 'vitest';
import { completeMigration, startMigration } from '../../../lab/rules/phases.ts';
import { attribute, uac } from '../../../src/directory/schema.ts';
import type { Transport } from '../../../src/powershell/transport.ts';
import {
  accountDn,
  addDmsa,
  asked,
  dmsaDn,
  entryOf,
  failureOf,
  type InLab,
  imageOf,
  inLab,
  linked,
  migrationId,
  pair,
  run,
} from '../in-lab.ts';

const nobody = { account: null, dmsa: null, createdByUs: true };

function linkInput(world: InLab) {
  return { migrationId, target: world.target, entry: entryOf(world, 'link', nobody) };
}

async function completeInput(world: InLab) {
  return { migrationId, target: world.target, entry: entryOf(world, 'complete', await imageOf(world)) };
}

/** A world in which some dMSA is there already, ours by its mark, not linked. */
async function ready(): Promise<InLab> {
  const world = await inLab();
  await addDmsa(world);
  return world;
}

/** A transport that does `instead` and claims success for one operation, and is itself for the others. */
function lying(
  world: InLab,
  operation: string,
  instead: () => Promise<unknown> = async () => undefined,
): InLab {
  const run: Transport['run'] = async (host, name, parameters, options) => {
    if (name !== operation) return await world.deps.transport.run(host, name, parameters, options);
    await instead();
    return { server: 'dc1.lab.example' } as never;
  };
  return { ...world, deps: { ...world.deps, transport: { run } } };
}

const minutes = (world: InLab, count: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + count * 60_000);
};

describe('linking is refused', () => {
  test('on the first attempt where the link is there already, even our own', async () => {
    const world = await linked();
    const { updates } = world.store;
    const failure = await failureOf(run(world, 'startMigration', linkInput(world)));
    expect(failure).toMatchObject({ type: 'LINK_FOREIGN', nonRetryable: true });
    expect(failure.message).toBe(
      `${accountDn}: it is so already: account state 1, link ${dmsaDn}; dMSA state 1, link ${accountDn}`,
    );
    expect(world.store.updates).toBe(updates);
    expect(world.journal).toEqual([]);
  });

  test('on a later attempt where the link is someone else’s', async () => {
    const world = await ready();
    await startMigration(world.lab.dc, { ...pair, requestedBy: 'LAB\\mallory' });
    expect(await failureOf(run(world, 'startMigration', linkInput(world), 2))).toMatchObject({
      type: 'LINK_UNPROVEN',
      nonRetryable: true,
    });
  });

  test('on a later attempt where our event is older than the intent by more than clocks may differ', async () => {
    const world = await linked();
    minutes(world, 5);
    const within = linkInput(world);
    minutes(world, 1);
    const failure = await failureOf(run(world, 'startMigration', linkInput(world), 2));
    expect(failure).toMatchObject({ type: 'LINK_UNPROVEN' });
    expect(failure.message).toMatch(
      /^CN=svc-finance.*: no event 3085 shows our START-MIGRATION: account state 1/,
    );
    expect((await run(world, 'startMigration', within, 2)).account.state).toBe(1);
  });

  test('on a later attempt where our only event says that it failed', async () => {
    const world = await ready();
    await startMigration(world.lab.dc, { ...pair, requestedBy: 'LAB\\mallory' });
    await startMigration(world.lab.dc, pair).catch(() => undefined);
    expect(world.lab.dc.events.map((event) => event.errorCode)).toEqual(['0', '5']);
    expect(await failureOf(run(world, 'startMigration', linkInput(world), 2))).toMatchObject({
      type: 'LINK_UNPROVEN',
    });
  });

  test('on a later attempt where the pair was forged: states and links without any event', async () => {
    const world = await ready();
    await world.store.replace(dmsaDn, { [attribute.dmsaState]: ['1'], [attribute.precededBy]: [accountDn] });
    await world.store.replace(accountDn, {
      [attribute.accountState]: ['1'],
      [attribute.supersededBy]: [dmsaDn],
    });
    expect(await failureOf(run(world, 'startMigration', linkInput(world), 2))).toMatchObject({
      type: 'LINK_UNPROVEN',
    });
  });

  test('where there is no dMSA, or one in state 3, or one side points somewhere', async () => {
    const world = await inLab();
    const seen = async () => {
      const failure = await failureOf(run(world, 'startMigration', linkInput(world)));
      expect(failure).toMatchObject({ type: 'STATE_UNEXPECTED', nonRetryable: true });
      return failure.message.replace(`${accountDn}: Start-ADServiceAccountMigration cannot run: `, '');
    };
    expect(await seen()).toBe('account state 0, link none; no dMSA');
    await addDmsa(world);
    await world.store.replace(dmsaDn, { [attribute.dmsaState]: ['3'] });
    expect(await seen()).toBe('account state 0, link none; dMSA state 3, link none');
    await world.store.replace(dmsaDn, { [attribute.dmsaState]: ['0'], [attribute.precededBy]: [accountDn] });
    expect(await seen()).toBe(`account state 0, link none; dMSA state 0, link ${accountDn}`);
    expect(asked(world, 'start-migration')).toBe(0);
  });

  test('where the account is gone', async () => {
    const world = await ready();
    await world.store.remove(accountDn);
    const failure = await failureOf(run(world, 'startMigration', linkInput(world)));
    expect(failure).toMatchObject({ type: 'NOT_FOUND', nonRetryable: true });
  });

  test('for now, where the cmdlet says yes and the objects do not', async () => {
    const world = lying(await ready(), 'start-migration');
    const failure = await failureOf(run(world, 'startMigration', linkInput(world)));
    expect(failure).toMatchObject({ type: 'STATE_NOT_VERIFIED', nonRetryable: false });
    expect(failure.message).toBe(
      `${accountDn}: Start-ADServiceAccountMigration said yes: account state 0, link none; dMSA state 0, link none`,
    );
    expect(world.journal).toEqual(['about-to link']);
  });
});

describe('linking', () => {
  test('returns both objects as they were read afterwards, and writes down before and after', async () => {
    const world = await ready();
    const { account, dmsa } = await run(world, 'startMigration', linkInput(world));
    expect([account.state, account.supersededBy]).toEqual([1, dmsaDn]);
    expect([dmsa!.state, dmsa!.precededBy]).toEqual([1, accountDn]);
    expect(world.journal).toEqual(['about-to link', 'done link']);
  });

  test('whose answer was lost is claimed by our event 3085, and is not done twice', async () => {
    let lost = 0;
    const onSession = (_host: string, operation: string) =>
      operation === 'start-migration' && lost++ === 0 ? 'drop-after' : null;
    const world = await inLab(undefined, { ssh: { onSession } });
    await addDmsa(world);
    const input = linkInput(world);
    minutes(world, 1);
    expect(await failureOf(run(world, 'startMigration', input))).toMatchObject({ type: 'SESSION_LOST' });
    minutes(world, 1);
    expect((await run(world, 'startMigration', input, 2)).dmsa!.state).toBe(1);
    expect(asked(world, 'start-migration')).toBe(1);
  });

  test('whose first attempt took no effect is done on the second', async () => {
    const world = await ready();
    await run(world, 'startMigration', linkInput(world), 2);
    expect(asked(world, 'start-migration')).toBe(1);
  });
});

describe('completing is refused', () => {
  test('where the pair is not linked, or its link is one-sided', async () => {
    const world = await linked();
    const input = await completeInput(world);
    await world.store.replace(accountDn, { [attribute.supersededBy]: [] });
    const failure = await failureOf(run(world, 'completeMigration', input));
    expect(failure).toMatchObject({ type: 'STATE_UNEXPECTED', nonRetryable: true });
    expect(failure.message).toBe(
      `${accountDn}: Complete-ADServiceAccountMigration cannot run: account state 1, link none; dMSA state 1, link ${accountDn}`,
    );
    expect(asked(world, 'complete-migration')).toBe(0);
  });

  test('on the first attempt where it is completed already, on a later one where that was not us', async () => {
    const world = await linked();
    const input = await completeInput(world);
    await completeMigration(world.lab.dc, { ...pair, requestedBy: 'LAB\\mallory' });
    expect(await failureOf(run(world, 'completeMigration', input))).toMatchObject({ type: 'LINK_FOREIGN' });
    expect(await failureOf(run(world, 'completeMigration', input, 2))).toMatchObject({
      type: 'LINK_UNPROVEN',
    });
  });

  test('for now, where the account is still enabled', async () => {
    const real = await linked();
    const world = lying(real, 'complete-migration', async () => {
      await completeMigration(real.lab.dc, pair);
      await real.store.replace(accountDn, { userAccountControl: [String(uac.normalAccount | 0x20)] });
    });
    const failure = await failureOf(run(world, 'completeMigration', await completeInput(world)));
    expect(failure).toMatchObject({ type: 'STATE_NOT_VERIFIED', nonRetryable: false });
    expect(failure.message).toBe(`${accountDn}: the superseded account is still enabled`);
  });
});

describe('completing', () => {
  test('returns both objects as they were read afterwards', async () => {
    const world = await linked();
    const { account, dmsa } = await run(world, 'completeMigration', await completeInput(world));
    expect(account).toMatchObject({ state: 2, enabled: false, servicePrincipalNames: [] });
    expect(dmsa).toMatchObject({
      state: 2,
      servicePrincipalNames: ['HTTP/finance', 'HTTP/finance.lab.example'],
      trustedToAuthForDelegation: true,
    });
    expect(world.journal).toEqual(['about-to complete', 'done complete']);
  });

  test('whose answer was lost is claimed by our event 3085', async () => {
    const world = await linked();
    const input = await completeInput(world);
    await completeMigration(world.lab.dc, { ...pair, requestedBy: 'lab\\DMSA-Worker' });
    expect((await run(world, 'completeMigration', input, 2)).account.state).toBe(2);
    expect(asked(world, 'complete-migration')).toBe(0);
  });
});
