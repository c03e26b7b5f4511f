import { Attribute, Change } from 'ldapts';
import { describe, expect, test } from 'vitest';
import { account, clientOf, refused, replace, serve, storeWithAccount, users } from './fixture.ts';

describe('writing', () => {
  test('what only the DC may write is refused', async () => {
    const store = await storeWithAccount();
    const client = await clientOf(await serve(store));
    for (const name of ['objectGUID', 'whenChanged', 'distinguishedName']) {
      const error = await refused(client.modify(account, replace(name, account)));
      expect(error.code).toBe(19);
      expect(error.message).toContain(`(${name})`);
    }
    expect((await refused(client.add(`CN=x,${users}`, { objectClass: 'user', objectSid: 'x' }))).code).toBe(
      19,
    );
  });

  test('an unknown operation on the rootDSE is 53, as 00002035', async () => {
    const client = await clientOf(await serve());
    const error = await refused(client.modify('', replace('migrateADServiceAccount', 'x')));
    expect(error.code).toBe(53);
    expect(error.message).toContain('00002035');
  });

  test('extended operations that it does not know are refused, and say so', async () => {
    const client = await clientOf(await serve());
    expect((await refused(client.exop('1.3.6.1.4.1.4203.1.11.1'))).message).toContain('0000203D');
  });

  test('adds, changes, compares and deletes, octets and letters beyond ASCII among them', async () => {
    const store = await storeWithAccount();
    const client = await clientOf(await serve(store));
    const dn = `CN=Bjørn\\, B,${users}`;
    await client.add(dn, [
      new Attribute({ type: 'objectClass', values: ['user'] }),
      new Attribute({ type: 'sAMAccountName', values: ['bjørn'] }),
      new Attribute({ type: 'jpegPhoto', values: [Buffer.from([0xff, 0xd8, 0x00])] }),
    ]);
    await client.modify(dn, [
      replace('description', 'Dienst für alles'),
      new Change({
        operation: 'add',
        modification: new Attribute({ type: 'servicePrincipalName', values: ['a/b', 'c/d'] }),
      }),
      new Change({
        operation: 'delete',
        modification: new Attribute({ type: 'servicePrincipalName', values: ['A/B'] }),
      }),
    ]);
    expect((await store.read(dn))?.attributes).toMatchObject({
      sAMAccountName: ['bjørn'],
      description: ['Dienst für alles'],
      servicePrincipalName: ['c/d'],
      jpegPhoto: [Buffer.from([0xff, 0xd8, 0x00])],
    });
    expect(await client.compare(dn, 'description', 'dienst FÜR alles')).toBe(true);
    expect(await client.compare(dn, 'description', 'x')).toBe(false);
    await client.del(dn);
    expect(await store.read(dn)).toBeNull();
  });

  test('a value of more than 64 KiB comes back as it went', async () => {
    const client = await clientOf(await serve(await storeWithAccount()));
    const long = 'äx'.repeat(100_000);
    await client.modify(account, replace('description', long));
    const { searchEntries } = await client.search(account, { scope: 'base', attributes: ['description'] });
    expect(searchEntries[0]?.description).toBe(long);
  });
});
