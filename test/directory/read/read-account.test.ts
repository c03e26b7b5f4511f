import { beforeEach, describe, expect, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { octets } from '../../../src/directory/entry.ts';
import { guidText } from '../../../src/directory/guid.ts';
import { readAccount, readDmsa } from '../../../src/directory/read/read-account.ts';
import { attribute, dmsaClass, uac, uncopiedFlags } from '../../../src/directory/schema.ts';
import type { AccountFacts } from '../../../src/domain/facts/facts.ts';
import { baseDn, domainSid, newStore } from '../../lab/ldap/fixture.ts';
import { directoryOf } from '../in-memory.ts';

const users = `CN=Users,${baseDn}`;
const dn = `CN=svc-web,${users}`;
const managed = `CN=Managed Service Accounts,${baseDn}`;
const enabled = uac.normalAccount | 0x20;

let store: MemoryStore;
beforeEach(async () => {
  store = newStore();
  await store.add(dn, { objectClass: ['user'], sAMAccountName: ['svc-web'] });
  await store.replace(dn, { userAccountControl: [String(enabled)] });
});

async function account(of = dn): Promise<AccountFacts> {
  const { directory } = await directoryOf(store);
  return (await readAccount(directory, guidText(octets((await store.read(of))!, 'objectGUID')!)))!;
}

describe('an account', () => {
  test('as it is made has nothing of what preflight reports', async () => {
    expect(await account()).toMatchObject({
      dn,
      kind: 'user',
      enabled: true,
      expiresAt: null,
      privilegedBecause: null,
      unconstrainedDelegation: false,
      flags: [],
      encryptionTypes: null,
      state: 0,
      supersededBy: null,
      claimedBy: [],
    });
  });

  test('shows when it expires and which encryption types it is held to', async () => {
    await store.replace(dn, { accountExpires: ['133000000000000000'], [attribute.encryptionTypes]: ['4'] });
    expect(await account()).toMatchObject({ expiresAt: '2022-06-18T04:26:40.000Z', encryptionTypes: 4 });
  });

  test.each(Object.entries(uncopiedFlags))('has the flag %s, which is not copied', async (name, bit) => {
    await store.replace(dn, { userAccountControl: [String(enabled | bit)] });
    expect((await account()).flags).toEqual([name]);
  });

  test('has no flag for a password that is not needed or does not expire: a dMSA has one of its own', async () => {
    await store.replace(dn, { userAccountControl: [String(enabled | 0x10000)] });
    expect((await account()).flags).toEqual([]);
  });

  test('is no plain user where sAMAccountType says so, as that of a trust', async () => {
    await store.replace(dn, { userAccountControl: [String(0x800 | 0x20)] });
    expect((await account()).kind).toBe('other');
  });

  test.each([
    [
      'the built-in Administrator',
      `CN=Administrator,${users}`,
      { kind: 'built-in', name: 'the built-in Administrator' },
    ],
    ['krbtgt', `CN=krbtgt,${users}`, { kind: 'built-in', name: 'krbtgt' }],
  ])('is privileged as %s', async (_what, of, why) => {
    expect((await account(of)).privilegedBecause).toEqual(why);
  });

  test('is privileged by its mark, and by its primary group, and not by those of everybody', async () => {
    // A primary group is one that the account is a member of already.
    for (const group of ['Domain Guests', 'Domain Admins']) {
      await store.replace(`CN=${group},${users}`, { member: [dn] });
    }
    await store.replace(dn, { adminCount: ['0'], primaryGroupID: ['514'] });
    expect((await account()).privilegedBecause).toBeNull();
    await store.replace(dn, { primaryGroupID: ['512'] });
    const primary = { kind: 'primary-group', group: `Domain Admins (${domainSid}-512)` };
    expect((await account()).privilegedBecause).toEqual(primary);
    await store.replace(dn, { adminCount: ['1'] });
    expect((await account()).privilegedBecause).toEqual({ kind: 'admin-count' });
  });
});

describe('links from both ends', () => {
  const pointing = async (name: string, precededBy: string[]) => {
    await store.add(`CN=${name},${managed}`, {
      objectClass: [dmsaClass],
      sAMAccountName: [`${name}$`],
      [attribute.precededBy]: precededBy,
    });
    return `CN=${name},${managed}`;
  };

  test('whoever points at the account or at the dMSA is seen there, whether it is pointed back at or not', async () => {
    const forged = await pointing('forged', [dn]);
    const dmsa = await pointing('dmsa-web', [dn]);
    await store.replace(dn, { [attribute.supersededBy]: [dmsa] });
    await store.replace(`CN=Guest,${users}`, { [attribute.supersededBy]: [dmsa] });
    const { directory } = await directoryOf(store);
    expect(await account()).toMatchObject({ supersededBy: dmsa, claimedBy: [dmsa, forged] });
    expect(await readDmsa(directory, 'dmsa-web$')).toMatchObject({
      precededBy: dn,
      claimedBy: [`CN=Guest,${users}`, dn],
    });
    expect(await readDmsa(directory, 'forged$')).toMatchObject({ precededBy: dn, claimedBy: [] });
  });
});
