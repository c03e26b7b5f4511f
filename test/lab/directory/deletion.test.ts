import { describe, expect, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { type Entry, octets, text, texts } from '../../../src/directory/entry.ts';
import { guidText } from '../../../src/directory/guid.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { baseDn, domainSid, newStore } from '../ldap/fixture.ts';

const users = `CN=Users,${baseDn}`;
const account = `CN=svc,${users}`;
const everything = { kind: 'present', attribute: 'objectClass' } as const;

async function deleted(store: MemoryStore): Promise<Entry[]> {
  const found = await store.search(`CN=Deleted Objects,${baseDn}`, 'one', everything, { showDeleted: true });
  return found;
}

describe('a deleted object', () => {
  test('is found only where it is asked for, with its identifiers and no more than those', async () => {
    const store = newStore();
    await store.add(account, { objectClass: ['user'], sAMAccountName: ['svc'], description: ['x'] });
    const before = (await store.read(account))!;
    const guid = guidText(octets(before, 'objectGUID')!);
    await store.remove(account);

    expect(await store.read(account)).toBeNull();
    expect(await store.find(baseDn, 'sAMAccountName', 'svc')).toEqual([]);
    const [grave, ...others] = await deleted(store);
    expect(others).toEqual([]);
    expect(grave!.dn).toBe(`CN=svc\\0ADEL:${guid},CN=Deleted Objects,${baseDn}`);
    expect(await store.read(grave!.dn)).toBeNull();
    expect(text(grave!, 'name')).toBe(`svc\nDEL:${guid}`);
    expect(text(grave!, 'lastKnownParent')).toBe(users);
    expect(grave!.attributes.objectSid).toEqual(before.attributes.objectSid);
    expect(texts(grave!, 'description')).toEqual([]);
    expect(texts(grave!, 'isDeleted')).toEqual(['TRUE']);
    await expect(store.replace(grave!.dn, { description: ['x'] })).rejects.toMatchObject({ code: 53 });
  });

  test('leaves its names to another of the same name, which can be deleted as well', async () => {
    const store = newStore();
    for (let times = 0; times < 2; times++) {
      await store.add(account, {
        objectClass: ['user'],
        sAMAccountName: ['svc'],
        servicePrincipalName: ['HTTP/svc'],
      });
      await store.remove(account);
    }
    expect((await deleted(store)).map((entry) => text(entry, 'sAMAccountName'))).toEqual(['svc', 'svc']);
  });

  test.each([
    ['a container that every domain has', users, 53],
    ['the head of the domain', baseDn, 53],
    ['the built-in Administrator', `CN=Administrator,${users}`, 80],
  ])('is never %s', async (_, dn, code) => {
    const store = newStore();
    await expect(store.remove(dn)).rejects.toMatchObject({ code });
    expect(await store.read(dn)).not.toBeNull();
  });
});

describe('the token of an account', () => {
  const group = async (store: MemoryStore, name: string, members: string[], groupType = '-2147483646') => {
    const dn = `CN=${name},${users}`;
    await store.add(dn, {
      objectClass: ['group'],
      sAMAccountName: [name],
      groupType: [groupType],
      member: members,
    });
    return text((await store.read(dn))!, 'distinguishedName')!;
  };

  test('has its security groups through others in a circle, and those of its primary group', async () => {
    const store = newStore();
    await store.add(account, { objectClass: ['user'], sAMAccountName: ['svc'] });
    const inner = await group(store, 'inner', [account]);
    const outer = await group(store, 'outer', [inner]);
    await store.modify(inner, [{ operation: 'add', attribute: 'member', values: [outer] }]);
    await group(store, 'mail', [account], '2');
    await group(store, 'not ours', []);
    const sids = (await store.tokenGroups(account)).map(sidText);
    const sidOf = async (dn: string) => sidText(octets((await store.read(dn))!, 'objectSid')!);
    expect(sids.sort()).toEqual(
      [await sidOf(inner), await sidOf(outer), `${domainSid}-513`, 'S-1-5-32-545'].sort(),
    );
    expect(await store.tokenGroups(inner)).toEqual([]);
  });

  test('has another primary group only where the account is in it, and then the old one as a member', async () => {
    const store = newStore();
    await store.add(account, { objectClass: ['user'], sAMAccountName: ['svc'] });
    const guests = `CN=Domain Guests,${users}`;
    await expect(store.replace(account, { primaryGroupID: ['514'] })).rejects.toMatchObject({ code: 53 });
    await store.replace(guests, { member: [account] });
    await store.replace(account, { primaryGroupID: ['514'] });
    expect(texts((await store.read(account))!, 'memberOf')).toEqual([`CN=Domain Users,${users}`]);
    expect(texts((await store.read(guests))!, 'member')).toEqual([]);
  });
});
