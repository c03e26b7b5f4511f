import { describe, expect, test } from 'vitest';
import { descriptorForPrincipals } from '../../../lab/formats/security-descriptor.ts';
import { completeMigration, startMigration, undoMigration } from '../../../lab/rules/phases.ts';
import { octets, text } from '../../../src/directory/entry.ts';
import { attribute, uac } from '../../../src/directory/schema.ts';
import {
  accountDn,
  both,
  completedDomain,
  dmsaDn,
  domainWithDmsa,
  kept,
  linked,
  linkedDomain,
  pair,
  refusalOf,
  unableToProceed,
  where,
} from './domain.ts';

describe('Undo is refused', () => {
  test.each([0, 3])('in state %i, where there is nothing to undo', async (state) => {
    const domain = await domainWithDmsa(state);
    const before = await both(domain);
    expect(await refusalOf(undoMigration(domain.dc, pair))).toMatchObject(unableToProceed);
    expect(await both(domain)).toEqual(before);
    expect(domain.dc.events.at(-1)).toMatchObject({ id: 3085, operation: 'UNDO-MIGRATION', errorCode: '5' });
  });

  test('where the link is one-sided', async () => {
    const domain = await linkedDomain();
    await domain.store.replace(accountDn, { [attribute.supersededBy]: [] });
    expect(await refusalOf(undoMigration(domain.dc, pair))).toMatchObject(unableToProceed);
  });
});

describe('Undo', () => {
  test('of Complete goes back one phase, to exactly what was there before', async () => {
    const domain = await linkedDomain();
    const before = await both(domain);
    await completeMigration(domain.dc, pair);
    await undoMigration(domain.dc, pair);
    expect(await where(domain)).toEqual(linked(1));
    expect(await both(domain)).toEqual(before);
    expect(domain.dc.events.at(-1)).toMatchObject({ id: 3085, operation: 'UNDO-MIGRATION', errorCode: '0' });
  });

  test('of Start leaves both unlinked in state 0, and the dMSA exactly as it was', async () => {
    const domain = await domainWithDmsa();
    const before = await both(domain);
    await startMigration(domain.dc, pair);
    await undoMigration(domain.dc, pair);
    expect(await where(domain)).toEqual(['0 null', '0 null']);
    const after = await both(domain);
    expect(after.dmsa).toEqual(before.dmsa);
    expect({ ...after.account, [attribute.accountState]: undefined }).toEqual({
      ...before.account,
      [attribute.accountState]: undefined,
    });
  });

  test('of an account that had nothing to hand on leaves its dMSA as it was', async () => {
    const domain = await linkedDomain();
    await domain.store.replace(accountDn, {
      [attribute.servicePrincipalName]: [],
      [attribute.allowedToDelegateTo]: [],
      userAccountControl: [String(uac.normalAccount)],
    });
    const before = { account: kept(await domain.account()), dmsa: kept(await domain.dmsa()) };
    await completeMigration(domain.dc, pair);
    await undoMigration(domain.dc, pair);
    expect({ account: kept(await domain.account()), dmsa: kept(await domain.dmsa()) }).toEqual(before);
  });

  test('twice undoes both phases, and a third time is refused', async () => {
    const domain = await domainWithDmsa();
    const before = await both(domain);
    await startMigration(domain.dc, pair);
    await completeMigration(domain.dc, pair);
    await undoMigration(domain.dc, pair);
    await undoMigration(domain.dc, pair);
    expect((await both(domain)).dmsa).toEqual(before.dmsa);
    expect(await refusalOf(undoMigration(domain.dc, pair))).toMatchObject(unableToProceed);
  });

  test('lets the pair be started and completed again', async () => {
    const domain = await completedDomain();
    const completed = await both(domain);
    for (const phase of [undoMigration, undoMigration, startMigration, completeMigration])
      await phase(domain.dc, pair);
    expect(await both(domain)).toEqual(completed);
  });

  test('of Complete keeps what hosts and people changed that Complete does not', async () => {
    const domain = await completedDomain();
    const principals = descriptorForPrincipals(['S-1-5-21-1000-2000-3000-1200']);
    await domain.store.replace(dmsaDn, {
      [attribute.principals]: [principals],
      description: ['changed since'],
    });
    await undoMigration(domain.dc, pair);
    expect(octets(await domain.dmsa(), attribute.principals)).toEqual(principals);
    expect(text(await domain.dmsa(), 'description')).toBe('changed since');
  });
});
