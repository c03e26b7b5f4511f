import { describe, expect, test } from 'vitest';
import type { SessionFault } from '../../../lab/ssh/faults.ts';
import { attribute } from '../../../src/directory/schema.ts';
import { dmsaMark } from '../../../src/domain/plan/plan.ts';
import {
  addDmsa,
  asked,
  dmsaDn,
  entryOf,
  failureOf,
  type InLab,
  inLab,
  migrationId,
  run,
} from '../in-lab.ts';

function input(world: InLab, status: 'intended' | 'applied' = 'intended') {
  return { migrationId, target: world.target, entry: entryOf(world, 'create-dmsa', null, status) };
}

describe('creating the dMSA fails', () => {
  test('where a computer has taken its name since preflight', async () => {
    const world = await inLab();
    const computer = `CN=COMPUTER,CN=Computers,DC=lab,DC=example`;
    await world.store.add(computer, { objectClass: ['computer'], sAMAccountName: ['DMSA-Finance$'] });
    const failure = await failureOf(run(world, 'createDmsa', input(world)));
    expect(failure).toMatchObject({ type: 'DMSA_NAME_TAKEN', nonRetryable: true });
    expect(failure.message).toBe(`${computer}: an object of that name appeared since preflight`);
    expect(asked(world, 'new-dmsa')).toBe(0);
  });

  test('where a dMSA has appeared that is not marked as ours, on any attempt', async () => {
    const world = await inLab();
    await addDmsa(world, 'made by hand');
    const { updates } = world.store;
    for (const attempt of [1, 2]) {
      const failure = await failureOf(run(world, 'createDmsa', input(world), attempt));
      expect(failure).toMatchObject({ type: 'DMSA_NAME_TAKEN', nonRetryable: true });
    }
    expect(world.store.updates).toBe(updates);
    expect(world.journal).toEqual([]);
  });

  test('where another object has its place: what the cmdlet says is passed on', async () => {
    const world = await inLab();
    await world.store.add(dmsaDn, { objectClass: ['group'], sAMAccountName: ['some-group'] });
    expect(await failureOf(run(world, 'createDmsa', input(world)))).toMatchObject({
      type: 'DMSA_NAME_TAKEN',
      nonRetryable: true,
    });
  });

  test.each([
    ['lacks AES256', { [attribute.encryptionTypes]: ['4'] }, 'AES256 is not among its encryption types'],
    ['is in another state', { [attribute.dmsaState]: ['3'] }, 'msDS-DelegatedMSAState is 3, not 0'],
  ])('for now, where what was created %s', async (_what, changes, message) => {
    const world = await inLab();
    await addDmsa(world);
    await world.store.replace(dmsaDn, changes);
    const failure = await failureOf(run(world, 'createDmsa', input(world), 2));
    expect(failure).toMatchObject({ type: 'STATE_NOT_VERIFIED', nonRetryable: false });
    expect(failure.message).toBe(`${dmsaDn}: ${message}`);
  });

  test('for now, where the cmdlet says yes and nothing is there', async () => {
    const world = await inLab();
    const lying = { ...world.deps, transport: { run: async () => ({}) as never } };
    const failure = await failureOf(run({ ...world, deps: lying }, 'createDmsa', input(world)));
    expect(failure).toMatchObject({ type: 'STATE_NOT_VERIFIED', nonRetryable: false });
    expect(world.journal).toEqual(['about-to create-dmsa']);
  });
});

describe('creating the dMSA', () => {
  test('marks it with the plan, reads it back, and writes down both before and after', async () => {
    const world = await inLab();
    expect(await run(world, 'createDmsa', input(world))).toMatchObject({
      dn: dmsaDn,
      samAccountName: 'dmsa-finance$',
      description: dmsaMark(world.plan),
      state: 0,
      encryptionTypes: 16,
      principals: [],
    });
    expect(world.journal).toEqual(['about-to create-dmsa', 'done create-dmsa']);
  });

  test('whose answer was lost is recognised by the mark, and is not done twice', async () => {
    const faults: SessionFault[] = ['drop-after'];
    const onSession = (_host: string, operation: string) =>
      operation === 'new-dmsa' ? (faults.shift() ?? null) : null;
    const world = await inLab(undefined, { ssh: { onSession } });
    const failure = await failureOf(run(world, 'createDmsa', input(world)));
    expect(failure).toMatchObject({ type: 'SESSION_LOST', nonRetryable: false });
    expect(await run(world, 'createDmsa', input(world), 2)).toMatchObject({ dn: dmsaDn, state: 0 });
    expect(asked(world, 'new-dmsa')).toBe(1);
  });
});

describe('undoing the creation', () => {
  test('leaves alone what is not ours, as creating never took effect', async () => {
    const world = await inLab();
    await addDmsa(world, 'made by hand');
    expect(await run(world, 'removeDmsa', input(world))).toEqual({ removed: false });
    expect(await world.store.read(dmsaDn)).not.toBeNull();
  });

  test('asks for a person where ours was verified and the mark has changed', async () => {
    const world = await inLab();
    await addDmsa(world, 'renamed');
    const failure = await failureOf(run(world, 'removeDmsa', input(world, 'applied')));
    expect(failure).toMatchObject({ type: 'DMSA_NOT_OURS', nonRetryable: true });
    expect(failure.message).toBe(`${dmsaDn}: its description is "renamed"`);
    expect(await world.store.read(dmsaDn)).not.toBeNull();
  });

  test('of another migration’s dMSA is none: a mark names one plan', async () => {
    const world = await inLab();
    await addDmsa(world, dmsaMark({ ...world.plan, hash: 'f'.repeat(64) }));
    expect(await run(world, 'removeDmsa', input(world))).toEqual({ removed: false });
  });

  test('removes ours, also where nobody knows whether it was created; absent is done', async () => {
    const world = await inLab();
    await addDmsa(world);
    expect(await run(world, 'removeDmsa', input(world))).toEqual({ removed: true });
    expect(await world.store.read(dmsaDn)).toBeNull();
    expect(await run(world, 'removeDmsa', input(world, 'applied'))).toEqual({ removed: false });
    expect(world.journal).toEqual(['undoing create-dmsa', 'undone create-dmsa']);
  });
});
