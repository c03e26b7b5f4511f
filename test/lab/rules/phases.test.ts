import { describe, expect, test } from 'vitest';
import { descriptorForPrincipals } from '../../../lab/formats/security-descriptor.ts';
import { completeMigration, startMigration } from '../../../lab/rules/phases.ts';
import { integer, octets, text, texts } from '../../../src/directory/entry.ts';
import { attribute, uac } from '../../../src/directory/schema.ts';
import {
  accountDn,
  both,
  completedDomain,
  dmsaDn,
  domainWithDmsa,
  linked,
  linkedDomain,
  newDomain,
  pair,
  refusalOf,
  someone,
  type TestDomain,
  unableToProceed,
  where,
} from './domain.ts';

const moved = [
  attribute.servicePrincipalName,
  attribute.allowedToDelegateTo,
  attribute.actOnBehalfOf,
  attribute.authenticationPolicy,
  attribute.authenticationSilo,
];

async function values({ account, dmsa }: TestDomain, names: string[]) {
  const of = (entry: Awaited<ReturnType<typeof account>>) =>
    Object.fromEntries(names.map((name) => [name, texts(entry, name)]));
  return { account: of(await account()), dmsa: of(await dmsa()) };
}

describe('Start is refused', () => {
  test.each([1, 2, 3])('with the dMSA in state %i', async (state) => {
    const domain = await domainWithDmsa(state);
    const before = await both(domain);
    expect(await refusalOf(startMigration(domain.dc, pair))).toMatchObject({
      ...unableToProceed,
      target: dmsaDn,
    });
    expect(await both(domain)).toEqual(before);
  });

  test.each([1, 2])('with the account in state %i', async (state) => {
    const domain = await domainWithDmsa();
    await domain.store.replace(accountDn, { [attribute.accountState]: [String(state)] });
    const before = await both(domain);
    expect(await refusalOf(startMigration(domain.dc, pair))).toMatchObject(unableToProceed);
    expect(await both(domain)).toEqual(before);
  });

  test('where either object points at something already', async () => {
    for (const [dn, name, target] of [
      [accountDn, attribute.supersededBy, dmsaDn],
      [dmsaDn, attribute.precededBy, accountDn],
    ] as const) {
      const domain = await domainWithDmsa();
      await domain.store.replace(dn, { [name]: [target] });
      expect(await refusalOf(startMigration(domain.dc, pair))).toMatchObject(unableToProceed);
    }
  });

  test('a second time', async () => {
    const domain = await linkedDomain();
    const before = await both(domain);
    expect(await refusalOf(startMigration(domain.dc, pair))).toMatchObject(unableToProceed);
    expect(await both(domain)).toEqual(before);
  });

  test('where one of the two is not there', async () => {
    const domain = await newDomain();
    const failure = await refusalOf(startMigration(domain.dc, pair));
    expect(failure).toMatchObject({ code: 'NOT_FOUND', category: 'ObjectNotFound', target: dmsaDn });
    expect(failure.message).toBe(
      `Cannot find an object with identity: '${dmsaDn}' under: 'DC=lab,DC=example'.`,
    );
  });

  test('and is logged as 3085 with error 5, by whom and about which two', async () => {
    const domain = await domainWithDmsa(3);
    domain.clock.now = new Date('2025-06-02T09:30:00.000Z');
    await refusalOf(startMigration(domain.dc, pair));
    expect(domain.dc.events).toEqual([
      {
        id: 3085,
        at: '2025-06-02T09:30:00.000Z',
        operation: 'START-MIGRATION',
        requestedBy: someone,
        errorCode: '5',
        account: accountDn,
        dmsa: dmsaDn,
      },
    ]);
  });
});

describe('Start', () => {
  test('sets both states to 1 and points each at the other, back links too', async () => {
    const domain = await linkedDomain();
    expect(await where(domain)).toEqual(linked(1));
    const [account, dmsa] = [await domain.account(), await domain.dmsa()];
    expect(texts(account, 'msDS-ManagedAccountPrecededByLinkBL')).toEqual([dmsaDn]);
    expect(texts(dmsa, 'msDS-SupersededManagedAccountLinkBL')).toEqual([accountDn]);
  });

  test('leaves SPNs, delegation and the account’s enabling alone', async () => {
    const domain = await domainWithDmsa();
    const names = [...moved, 'userAccountControl'];
    const before = await values(domain, names);
    await startMigration(domain.dc, pair);
    expect(await values(domain, names)).toEqual(before);
  });

  test('is logged as 3085 with error 0', async () => {
    const { dc } = await linkedDomain();
    expect(dc.events.map(({ id, operation, errorCode }) => `${id} ${operation} ${errorCode}`)).toEqual([
      '3085 START-MIGRATION 0',
    ]);
  });

  test('by two at the same time is done once', async () => {
    const { dc } = await domainWithDmsa();
    const results = await Promise.allSettled([startMigration(dc, pair), startMigration(dc, pair)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect(dc.events.map((event) => event.errorCode)).toEqual(['0', '5']);
  });
});

describe('Complete is refused', () => {
  test('where nothing was started', async () => {
    const domain = await domainWithDmsa();
    expect(await refusalOf(completeMigration(domain.dc, pair))).toMatchObject(unableToProceed);
    expect(domain.dc.events.at(-1)).toMatchObject({
      id: 3085,
      operation: 'COMPLETE-MIGRATION',
      errorCode: '5',
    });
  });

  test('a second time', async () => {
    const domain = await completedDomain();
    const before = await both(domain);
    expect(await refusalOf(completeMigration(domain.dc, pair))).toMatchObject(unableToProceed);
    expect(await both(domain)).toEqual(before);
  });

  test('where the account is in another state than the dMSA', async () => {
    const domain = await linkedDomain();
    await domain.store.replace(accountDn, { [attribute.accountState]: ['0'] });
    expect(await refusalOf(completeMigration(domain.dc, pair))).toMatchObject(unableToProceed);
  });

  test('where the link is one-sided', async () => {
    for (const [dn, name] of [
      [accountDn, attribute.supersededBy],
      [dmsaDn, attribute.precededBy],
    ] as const) {
      const domain = await linkedDomain();
      await domain.store.replace(dn, { [name]: [] });
      const before = await both(domain);
      expect(await refusalOf(completeMigration(domain.dc, pair))).toMatchObject(unableToProceed);
      expect(await both(domain)).toEqual(before);
    }
  });
});

describe('Complete', () => {
  test('sets both states to 2 and keeps the links', async () => {
    expect(await where(await completedDomain())).toEqual(linked(2));
  });

  test('moves the SPNs to the dMSA, beside its own, and takes them from the account', async () => {
    const domain = await linkedDomain();
    await domain.store.replace(dmsaDn, { [attribute.servicePrincipalName]: ['HOST/own'] });
    await completeMigration(domain.dc, pair);
    expect(texts(await domain.account(), attribute.servicePrincipalName)).toEqual([]);
    expect(texts(await domain.dmsa(), attribute.servicePrincipalName)).toEqual([
      'HOST/own',
      'HTTP/finance.lab.example',
      'HTTP/finance',
    ]);
  });

  test('copies delegation, policy and silo, and leaves the account its own', async () => {
    const domain = await linkedDomain();
    const policy = 'CN=policy,DC=lab,DC=example';
    const silo = 'CN=silo,DC=lab,DC=example';
    await domain.store.add(policy, { objectClass: ['msDS-AuthNPolicy'] });
    await domain.store.add(silo, { objectClass: ['msDS-AuthNPolicySilo'] });
    const actOnBehalfOf = descriptorForPrincipals(['S-1-5-21-1000-2000-3000-1200']);
    await domain.store.replace(accountDn, {
      [attribute.actOnBehalfOf]: [actOnBehalfOf],
      [attribute.authenticationPolicy]: [policy],
      [attribute.authenticationSilo]: [silo],
    });
    await completeMigration(domain.dc, pair);
    for (const entry of [await domain.account(), await domain.dmsa()]) {
      expect(texts(entry, attribute.allowedToDelegateTo)).toEqual(['MSSQLSvc/sql01.lab.example:1433']);
      expect(octets(entry, attribute.actOnBehalfOf)).toEqual(actOnBehalfOf);
      expect(text(entry, attribute.authenticationPolicy)).toBe(policy);
      expect(text(entry, attribute.authenticationSilo)).toBe(silo);
    }
  });

  test('disables the account, and hands on the bit of protocol transition', async () => {
    const domain = await linkedDomain();
    const before = integer(await domain.account(), 'userAccountControl')!;
    expect(before & uac.accountDisabled).toBe(0);
    await completeMigration(domain.dc, pair);
    expect(integer(await domain.account(), 'userAccountControl')).toBe(before | uac.accountDisabled);
    expect(integer(await domain.dmsa(), 'userAccountControl')).toBe(
      uac.workstationTrustAccount | uac.trustedToAuthForDelegation,
    );
  });

  test('is logged as 3085 with error 0', async () => {
    const { dc } = await completedDomain();
    expect(dc.events.at(-1)).toMatchObject({ id: 3085, operation: 'COMPLETE-MIGRATION', errorCode: '0' });
  });
});
