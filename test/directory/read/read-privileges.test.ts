import { beforeEach, describe, expect, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { octets } from '../../../src/directory/entry.ts';
import { protectedGroup, readProtectedGroups } from '../../../src/directory/read/read-privileges.ts';
import { sidOctets, sidText } from '../../../src/directory/sid.ts';
import { baseDn, domainSid, newStore } from '../../lab/ldap/fixture.ts';
import { directoryOf } from '../in-memory.ts';

const users = `CN=Users,${baseDn}`;
/** A name with everything that a filter has to escape. */
const account = childDn('CN', 'svc (web)* \\ "é"', users);

let store: MemoryStore;
beforeEach(async () => {
  store = newStore();
  await store.add(account, { objectClass: ['user'], sAMAccountName: ['svc-web'] });
});

async function addGroup(name: string, member: string[]): Promise<string> {
  const dn = childDn('CN', name, users);
  await store.add(dn, { objectClass: ['group'], sAMAccountName: [name], member });
  return dn;
}

async function join(group: string, member: string): Promise<void> {
  const present = (await store.read(group))!.attributes.member ?? [];
  await store.replace(group, { member: [...present, member] });
}

async function groups(): Promise<{ groups: string[]; searches: number }> {
  const sid = sidText(octets((await store.read(account))!, 'objectSid')!);
  const { directory, searches } = await directoryOf(store);
  const before = searches();
  const found = await readProtectedGroups(directory, { dn: account, sid });
  return { groups: found, searches: searches() - before };
}

describe('a protected group is named', () => {
  test.each([
    ['S-1-5-21-1-2-3-512', 'Domain Admins (S-1-5-21-1-2-3-512)'],
    ['S-1-5-21-4-5-6-519', 'Enterprise Admins (S-1-5-21-4-5-6-519)'],
    ['S-1-5-32-544', 'Administrators (S-1-5-32-544)'],
  ])('%s', (sid, name) => {
    expect(protectedGroup(sid)).toBe(name);
  });

  test.each([
    'S-1-5-21-1-2-3-513',
    'S-1-5-21-1-2-3-544',
    'S-1-5-21-1-2-3-1512',
    'S-1-5-21-1-2-512',
    'S-1-5-32-545',
    'S-1-5-32-512',
    'S-1-5-32-544-1',
    'S-1-5-11',
    'S-1-5-21-1-2-3-undefined',
  ])('and %s is none', (sid) => {
    expect(protectedGroup(sid)).toBeNull();
  });
});

describe('protected groups of an account', () => {
  test('are none of an account in no group, or in groups that are protected nowhere', async () => {
    expect(await groups()).toEqual({ groups: [], searches: 2 });
    await addGroup('staff', [account]);
    await join(`CN=Remote Desktop Users,CN=Builtin,${baseDn}`, account);
    expect(await groups()).toEqual({ groups: [], searches: 2 });
  });

  test('are found through groups in groups in a circle, all of them, in as many operations', async () => {
    const inner = await addGroup('inner', [account]);
    const middle = await addGroup('middle', [inner]);
    await join(inner, middle);
    await join(`CN=Domain Admins,${users}`, middle);
    await join(`CN=Key Admins,${users}`, middle);
    await join(`CN=Print Operators,CN=Builtin,${baseDn}`, inner);
    expect(await groups()).toEqual({
      groups: [
        // Domain Admins are administrators.
        'Administrators (S-1-5-32-544)',
        `Domain Admins (${domainSid}-512)`,
        `Key Admins (${domainSid}-526)`,
        'Print Operators (S-1-5-32-550)',
      ],
      searches: 2,
    });
  });

  test('are known by the token where no link of this domain leads there, and each is told once', async () => {
    await join(`CN=Replicator,CN=Builtin,${baseDn}`, account);
    // A DC computes it; the lab keeps what it is given.
    const tokenGroups = ['S-1-5-21-4-5-6-519', 'S-1-5-32-552', `${domainSid}-513`].map(sidOctets);
    await store.replace(account, { tokenGroups });
    expect((await groups()).groups).toEqual([
      'Enterprise Admins (S-1-5-21-4-5-6-519)',
      'Replicator (S-1-5-32-552)',
    ]);
  });
});
