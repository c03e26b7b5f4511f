import { describe, expect, test } from 'vitest';
import { setPrincipals } from '../../../lab/rules/dmsa.ts';
import { completeMigration, startMigration, undoMigration } from '../../../lab/rules/phases.ts';
import { attribute } from '../../../src/directory/schema.ts';
import type { JournalStatus } from '../../../src/domain/migration/journal.ts';
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
  principals,
  run,
} from '../in-lab.ts';

const [before, joined] = ['S-1-5-21-1-2-3-1000', 'S-1-5-21-1-2-3-2000'] as const;

async function linkInput(world: InLab, status: JournalStatus = 'applied', createdByUs = true) {
  const image = { ...(await imageOf(world)), createdByUs };
  return { migrationId, target: world.target, entry: entryOf(world, 'link', image, status) };
}

async function completeInput(world: InLab, status: JournalStatus = 'applied') {
  const entry = entryOf(world, 'complete', await imageOf(world), status);
  return { migrationId, target: world.target, entry };
}

/** Someone's dMSA with one principal, linked by us; the second principal joined since. */
async function presentDmsa() {
  const world = await inLab();
  await addDmsa(world, 'made by hand');
  await setPrincipals(world.lab.dc, dmsaDn, [before]);
  const input = await linkInput(world, 'applied', false);
  await startMigration(world.lab.dc, pair);
  await setPrincipals(world.lab.dc, dmsaDn, [before, joined]);
  return { world, input };
}

describe('undoing the link is refused', () => {
  test('where nobody knows whether we made it, and the DC says that someone else did', async () => {
    const world = await inLab();
    await addDmsa(world);
    const input = await linkInput(world, 'intended');
    await startMigration(world.lab.dc, { ...pair, requestedBy: 'LAB\\mallory' });
    const { updates } = world.store;
    const failure = await failureOf(run(world, 'undoLink', input));
    expect(failure).toMatchObject({ type: 'LINK_UNPROVEN', nonRetryable: true });
    expect(world.store.updates).toBe(updates);
    expect(asked(world, 'undo-migration')).toBe(0);
  });

  test('where it has gone further, or is one-sided: both objects are shown', async () => {
    const world = await linked();
    const input = await linkInput(world);
    await world.store.replace(accountDn, { [attribute.supersededBy]: [] });
    const failure = await failureOf(run(world, 'undoLink', input));
    expect(failure).toMatchObject({ type: 'STATE_UNEXPECTED', nonRetryable: true });
    expect(failure.message).toBe(
      `${accountDn}: Undo cannot run: account state 1, link none; dMSA state 1, link ${accountDn}`,
    );
    await world.store.replace(accountDn, { [attribute.supersededBy]: [dmsaDn] });
    await completeMigration(world.lab.dc, pair);
    expect(await failureOf(run(world, 'undoLink', input))).toMatchObject({ type: 'STATE_UNEXPECTED' });
    expect(asked(world, 'undo-migration')).toBe(0);
  });

  test('for now, where the cmdlet says yes and the objects do not', async () => {
    const world = await linked();
    const { transport } = world.deps;
    const lying = {
      run: (async (host, name, ...rest) =>
        name === 'undo-migration'
          ? { server: '' }
          : await transport.run(host, name, ...rest)) as typeof transport.run,
    };
    const deps = { ...world.deps, transport: lying };
    expect(await failureOf(run({ ...world, deps }, 'undoLink', await linkInput(world)))).toMatchObject({
      type: 'STATE_NOT_VERIFIED',
      nonRetryable: false,
    });
  });
});

describe('undoing the link', () => {
  test('leaves both unlinked in state 0, with one Undo', async () => {
    const world = await linked();
    await run(world, 'undoLink', await linkInput(world));
    const { account, dmsa } = await imageOf(world);
    expect([account.state, account.supersededBy, dmsa.state, dmsa.precededBy]).toEqual([0, null, 0, null]);
    expect(asked(world, 'undo-migration')).toBe(1);
    expect(world.journal).toEqual(['undoing link', 'undone link']);
  });

  test('whose answer was lost is proven by our event 3085 first', async () => {
    const world = await linked();
    await run(world, 'undoLink', await linkInput(world, 'intended'));
    expect((await imageOf(world)).dmsa.state).toBe(0);
    expect(asked(world, 'read-migration-events')).toBe(1);
  });

  test('is done where nothing is linked, and where there is no dMSA at all', async () => {
    const world = await inLab();
    const nothing = { account: null, dmsa: null, createdByUs: true };
    const entry = entryOf(world, 'link', nothing);
    await run(world, 'undoLink', { migrationId, target: world.target, entry });
    await addDmsa(world);
    await run(world, 'undoLink', { migrationId, target: world.target, entry });
    expect(asked(world, 'undo-migration')).toBe(0);
    expect(world.journal).toEqual([]);
  });

  test('gives a dMSA that was there before its own principals back, and no others', async () => {
    const { world, input } = await presentDmsa();
    await run(world, 'undoLink', input);
    expect(await principals(world)).toEqual([before]);
    expect((await imageOf(world)).dmsa.state).toBe(0);
  });

  test('gives them back also where the link itself was undone before', async () => {
    const { world, input } = await presentDmsa();
    await undoMigration(world.lab.dc, pair);
    await run(world, 'undoLink', input);
    expect(await principals(world)).toEqual([before]);
    expect(asked(world, 'undo-migration')).toBe(0);
    await run(world, 'undoLink', input);
    expect(asked(world, 'set-principals')).toBe(1);
  });

  test('takes all principals out of a dMSA that had none', async () => {
    const world = await inLab();
    await addDmsa(world, 'made by hand');
    const input = await linkInput(world, 'applied', false);
    await startMigration(world.lab.dc, pair);
    await setPrincipals(world.lab.dc, dmsaDn, [joined]);
    await run(world, 'undoLink', input);
    expect(await principals(world)).toEqual([]);
  });

  test('leaves the principals of our own dMSA alone: it is removed as a whole', async () => {
    const world = await linked();
    const input = await linkInput(world);
    await setPrincipals(world.lab.dc, dmsaDn, [joined]);
    await run(world, 'undoLink', input);
    expect(await principals(world)).toEqual([joined]);
  });
});

describe('undoing completion is refused', () => {
  test('where nobody knows whether we did it, and the DC does not say so', async () => {
    const world = await linked();
    const input = await completeInput(world, 'intended');
    await completeMigration(world.lab.dc, { ...pair, requestedBy: 'LAB\\mallory' });
    expect(await failureOf(run(world, 'undoComplete', input))).toMatchObject({
      type: 'LINK_UNPROVEN',
      nonRetryable: true,
    });
    expect(asked(world, 'undo-migration')).toBe(0);
  });

  test('where what comes back is not what was there: every difference with its path', async () => {
    const world = await linked();
    const input = await completeInput(world);
    await completeMigration(world.lab.dc, pair);
    await world.store.replace(accountDn, { userPrincipalName: ['svc@other.example'] });
    await world.store.replace(dmsaDn, { description: ['changed'] });
    const failure = await failureOf(run(world, 'undoComplete', input));
    expect(failure).toMatchObject({ type: 'RESTORE_DIFFERS', nonRetryable: true });
    expect(failure.message).toBe(
      `${accountDn}: account.userPrincipalName: svc-finance@lab.example → svc@other.example; ` +
        `dmsa.description: ${(await imageBefore(input)).description} → changed`,
    );
  });

  test('where the link has become one-sided', async () => {
    const world = await linked();
    const input = await completeInput(world);
    await completeMigration(world.lab.dc, pair);
    await world.store.replace(dmsaDn, { [attribute.precededBy]: [] });
    expect(await failureOf(run(world, 'undoComplete', input))).toMatchObject({ type: 'STATE_UNEXPECTED' });
    expect(asked(world, 'undo-migration')).toBe(0);
  });
});

describe('undoing completion', () => {
  test('goes back one phase, SPNs, delegation and the enabled account included', async () => {
    const world = await linked();
    const input = await completeInput(world);
    const was = await imageOf(world);
    await completeMigration(world.lab.dc, pair);
    await run(world, 'undoComplete', input);
    expect(await imageOf(world)).toEqual(was);
    expect(asked(world, 'undo-migration')).toBe(1);
    expect(world.journal).toEqual(['undoing complete', 'undone complete']);
  });

  test('keeps hosts that joined after the before-image was taken', async () => {
    const world = await linked();
    const input = await completeInput(world);
    await setPrincipals(world.lab.dc, dmsaDn, [joined]);
    await completeMigration(world.lab.dc, pair);
    await run(world, 'undoComplete', input);
    expect(await principals(world)).toEqual([joined]);
  });

  test('is done where it never took effect, or was undone before', async () => {
    const world = await linked();
    await run(world, 'undoComplete', await completeInput(world, 'intended'));
    expect(asked(world, 'undo-migration')).toBe(0);
  });

  test('is done where a person has undone both phases by hand: the comparison at the end has the word', async () => {
    const world = await linked();
    const input = await completeInput(world);
    for (const phase of [completeMigration, undoMigration, undoMigration]) await phase(world.lab.dc, pair);
    await run(world, 'undoComplete', input);
    expect(asked(world, 'undo-migration')).toBe(0);
  });
});

async function imageBefore(input: Awaited<ReturnType<typeof completeInput>>) {
  return input.entry.beforeImage.dmsa;
}
