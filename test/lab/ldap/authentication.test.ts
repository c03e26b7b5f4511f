import { describe, expect, test } from 'vitest';
import {
  account,
  admin,
  baseDn,
  clientOf,
  dc,
  newStore,
  refused,
  replace,
  serve,
  storeWithAccount,
  users,
} from './fixture.ts';

describe('binding', () => {
  test('a wrong password, a wrong user and SASL are refused as AD words it', async () => {
    const client = await clientOf(await serve(), false);
    for (const [user, password] of [
      [admin.user, 'wrong'],
      ['nobody@lab.example', admin.password],
    ]) {
      const error = await refused(client.bind(user!, password));
      expect(error.code).toBe(49);
      expect(error.message).toContain(
        '80090308: LdapErr: DSID-00000000, comment: AcceptSecurityContext error, data 52e',
      );
    }
    expect((await refused(client.bind('DIGEST-MD5'))).code).toBe(7);
  });

  test('before it nothing but the rootDSE can be read, and nothing written', async () => {
    const store = await storeWithAccount();
    const client = await clientOf(await serve(store), false);
    for (const operation of [
      () => client.search(baseDn),
      () => client.search('', { scope: 'sub' }),
      () => client.compare(account, 'cn', 'svc'),
      () => client.add(`CN=x,${users}`, { objectClass: 'user' }),
      () => client.modify(account, replace('description', 'new')),
      () => client.del(account),
    ]) {
      const error = await refused(operation());
      expect(error.code).toBe(1);
      expect(error.message).toContain('000004DC: LdapErr');
    }
    await client.bind('', '');
    expect((await refused(client.search(baseDn))).code).toBe(1);
    expect(await store.read(account)).not.toBeNull();
    const { searchEntries } = await client.search('', { scope: 'base' });
    expect(searchEntries[0]).toMatchObject({
      dn: '',
      defaultNamingContext: baseDn,
      rootDomainNamingContext: baseDn,
      configurationNamingContext: `CN=Configuration,${baseDn}`,
      schemaNamingContext: `CN=Schema,CN=Configuration,${baseDn}`,
      dnsHostName: dc,
      supportedLDAPVersion: '3',
      supportedControl: [
        '1.2.840.113556.1.4.319',
        '1.2.840.113556.1.4.801',
        '1.2.840.113556.1.4.417',
        '1.2.840.113556.1.4.1339',
      ],
    });
  });

  test('a failed bind ends the one before it', async () => {
    const client = await clientOf(await serve());
    await client.search(baseDn, { scope: 'base' });
    await refused(client.bind(admin.user, 'wrong'));
    expect((await refused(client.search(baseDn, { scope: 'base' }))).code).toBe(1);
  });

  test('the user is the same in any case, and a DN however it is escaped', async () => {
    const store = newStore();
    const server = await serve(store);
    const client = await clientOf(server, false);
    await client.bind('ADMIN@LAB.EXAMPLE', admin.password);
    expect(client.isBound).toBe(true);
  });
});
