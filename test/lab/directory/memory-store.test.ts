import { describe, expect, test } from 'vitest';
import type { LdapFailure } from '../../../lab/store.ts';
import { integer, octets, text, texts } from '../../../src/directory/entry.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { baseDn, domainSid, newStore } from '../ldap/fixture.ts';

const users = `CN=Users,${baseDn}`;
const managed = `CN=Managed Service Accounts,${baseDn}`;
const account = `CN=svc,${users}`;
const dmsa = `CN=dsvc,${managed}`;
const precededBy = 'msDS-ManagedAccountPrecededByLink';
const dmsaClass = 'msDS-DelegatedManagedServiceAccount';

async function refused(operation: Promise<unknown>): Promise<LdapFailure> {
  return (await operation.then(
    () => {
      throw new Error('it was not refused');
    },
    (error) => error,
  )) as LdapFailure;
}

async function storeWithPair(now?: () => Date) {
  const store = newStore(now);
  await store.add(account, {
    objectClass: ['user'],
    sAMAccountName: ['svc'],
    servicePrincipalName: ['HTTP/web', 'HTTP/web.lab.example'],
  });
  await store.add(dmsa, { objectClass: [dmsaClass], sAMAccountName: ['dsvc$'] });
  return store;
}

describe('what the directory refuses, in AD’s words', () => {
  const at = 'DSID-00000000';

  test.each([
    ['a DN that is none', 'nonsense', {}, 34, 'problem 2006 (BAD_NAME)'],
    [
      'a parent that is not there',
      `CN=x,CN=y,${users}`,
      { objectClass: ['user'] },
      32,
      `best match of:\n\t'${users}'`,
    ],
    [
      'an object that is there',
      'cn=SVC , cn=users,DC=LAB,dc=example',
      { objectClass: ['user'] },
      68,
      'ENTRY_EXISTS',
    ],
    ['an object without a class', `CN=x,${users}`, {}, 65, '00002014: UpdErr'],
    ['an unknown class', `CN=x,${users}`, { objectClass: ['robot'] }, 16, '00000057'],
    ['classes of two lines', `CN=x,${users}`, { objectClass: ['user', 'group'] }, 65, 'OBJ_CLASS_VIOLATION'],
    [
      'a taken account name',
      `CN=x,${users}`,
      { objectClass: ['user'], sAMAccountName: ['SVC'] },
      68,
      '00000524',
    ],
    [
      'two values of one',
      `CN=x,${users}`,
      { objectClass: ['user'], sAMAccountName: ['a', 'b'] },
      19,
      '00002081',
    ],
    ['no number', `CN=x,${users}`, { objectClass: ['user'], userAccountControl: ['0x2'] }, 21, '0000200B'],
    [
      'no descriptor',
      `CN=x,${users}`,
      { objectClass: ['user'], nTSecurityDescriptor: ['x'] },
      21,
      '0000200B',
    ],
    ['no attribute name', `CN=x,${users}`, { objectClass: ['user'], 'a b': ['x'] }, 16, '00000057'],
    ['a back link', `CN=x,${users}`, { objectClass: ['user'], memberOf: [account] }, 53, '00002035'],
  ])('%s cannot be added', async (_, dn, attributes, code, message) => {
    const failure = await refused((await storeWithPair()).add(dn, attributes as Record<string, string[]>));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
  });

  test('a service principal name that another object has, whatever its case', async () => {
    const store = await storeWithPair();
    const failure = await refused(store.replace(dmsa, { servicePrincipalName: ['http/WEB'] }));
    expect(failure.code).toBe(19);
    expect(failure.message).toBe(
      `000021C7: AtrErr: ${at}, #1:\n\t0: 000021C7: ${at}, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90303 (servicePrincipalName)\n`,
    );
    await store.replace(account, { servicePrincipalName: [] });
    await store.replace(dmsa, { servicePrincipalName: ['http/WEB'] });
    expect(texts((await store.read(dmsa))!, 'servicePrincipalName')).toEqual(['http/WEB']);
  });

  test('a link to nothing, and nothing else of the same modify happens', async () => {
    const store = await storeWithPair();
    const failure = await refused(
      store.modify(dmsa, [
        { operation: 'replace', attribute: 'description', values: ['x'] },
        { operation: 'add', attribute: precededBy, values: [`CN=nobody,${users}`] },
      ]),
    );
    expect(failure.code).toBe(19);
    expect(failure.message).toContain('000020B5');
    expect(failure.message).toContain(`Att 90947 (${precededBy})`);
    expect(text((await store.read(dmsa))!, 'description')).toBeNull();
  });

  test.each([
    ['delete', 'description', [], 16, '00002084'],
    ['delete', 'servicePrincipalName', ['HTTP/other'], 16, '00002085'],
    ['add', 'servicePrincipalName', ['http/web'], 20, '00002083'],
    ['replace', 'servicePrincipalName', ['a/b', 'A/B'], 20, '00002083'],
    ['add', 'sAMAccountName', ['second'], 20, '0000200D'],
    ['replace', 'sAMAccountName', ['two', 'names'], 19, '00002081'],
    ['replace', 'cn', ['x'], 67, '00002016'],
    ['replace', 'name', ['x'], 67, '00002016'],
    ['replace', 'objectClass', ['group'], 65, '00002014'],
  ] as const)('to %s %s %o', async (operation, attribute, values, code, message) => {
    const store = await storeWithPair();
    const before = await store.read(account);
    const failure = await refused(store.modify(account, [{ operation, attribute, values: [...values] }]));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
    expect(await store.read(account)).toEqual(before);
  });

  test('a delegated account without what its class must have', async () => {
    const store = await storeWithPair();
    expect((await refused(store.replace(dmsa, { 'msDS-DelegatedMSAState': [] }))).code).toBe(65);
  });

  test('to remove what has children or is not there', async () => {
    const store = await storeWithPair();
    expect((await refused(store.remove(users))).code).toBe(53);
    await store.add(`OU=full,${baseDn}`, { objectClass: ['organizationalUnit'] });
    await store.add(`CN=x,OU=full,${baseDn}`, { objectClass: ['user'] });
    expect((await refused(store.remove(`OU=full,${baseDn}`))).code).toBe(66);
    expect((await refused(store.remove(`CN=x,${users}`))).code).toBe(32);
  });

  test('delegated accounts and their attributes where the schema does not have them', async () => {
    const older = newStore(undefined, [dmsaClass, 'msDS-SupersededManagedAccountLink']);
    expect((await refused(older.add(dmsa, { objectClass: [dmsaClass] }))).code).toBe(16);
    await older.add(account, { objectClass: ['user'] });
    const failure = await refused(older.replace(account, { 'msDS-SupersededManagedAccountLink': [account] }));
    expect(failure.code).toBe(16);
    expect(failure.message).toContain('Error in attribute conversion operation');
    expect(await older.find(older.schemaDn, 'lDAPDisplayName', dmsaClass)).toEqual([]);
    const newer = newStore();
    expect(await newer.find(newer.schemaDn, 'ldapdisplayname', dmsaClass.toUpperCase())).toHaveLength(1);
  });
});

describe('what the directory keeps by itself', () => {
  test('identifiers, names and classes of a new object', async () => {
    const store = newStore();
    await store.add(`cn=Smith\\2c "J" , ${users}`, { objectclass: ['user'], employeeType: ['x'] });
    await store.add(`CN=two,${users}`, { objectClass: ['top', 'group'] });
    const entry = (await store.read(`CN=smith\\, \\"j\\",${users}`))!;
    expect(entry.dn).toBe(`CN=Smith\\, \\"J\\",${users}`);
    expect(texts(entry, 'cn')).toEqual(['Smith, "J"']);
    expect(texts(entry, 'name')).toEqual(['Smith, "J"']);
    expect(texts(entry, 'distinguishedName')).toEqual([entry.dn]);
    expect(texts(entry, 'objectClass')).toEqual(['top', 'person', 'organizationalPerson', 'user']);
    expect(texts(entry, 'employeeType')).toEqual(['x']);
    expect(sidText(octets(entry, 'objectSid')!)).toBe(`${domainSid}-1103`);
    expect(octets(entry, 'objectGUID')).toHaveLength(16);
    expect(sidText(octets((await store.read(`CN=two,${users}`))!, 'objectSid')!)).toBe(`${domainSid}-1104`);
    expect(octets((await store.read(users))!, 'objectSid')).toBeNull();
  });

  test('the state and interval of a delegated account, unless they are given', async () => {
    const store = await storeWithPair();
    const entry = (await store.read(dmsa))!;
    expect(integer(entry, 'msDS-DelegatedMSAState')).toBe(0);
    expect(integer(entry, 'msDS-ManagedPasswordInterval')).toBe(30);
    await store.add(`CN=alone,${managed}`, { objectClass: [dmsaClass], 'msDS-DelegatedMSAState': ['3'] });
    expect(integer((await store.read(`CN=alone,${managed}`))!, 'msDS-DelegatedMSAState')).toBe(3);
  });

  test('times by the clock it was given, and update numbers', async () => {
    const clock = { time: new Date('2025-09-01T08:00:00.999Z') };
    const store = await storeWithPair(() => clock.time);
    const before = (await store.read(account))!;
    expect(text(before, 'whenCreated')).toBe('20250901080000.0Z');
    expect(text(before, 'whenChanged')).toBe('20250901080000.0Z');
    clock.time = new Date('2025-09-29T08:00:01Z');
    await store.replace(account, { description: ['x'] });
    const after = (await store.read(account))!;
    expect(text(after, 'whenCreated')).toBe('20250901080000.0Z');
    expect(text(after, 'whenChanged')).toBe('20250929080001.0Z');
    expect(integer(after, 'uSNChanged')).toBe(store.updates);
    expect(integer(after, 'uSNChanged')).toBeGreaterThan(integer(before, 'uSNChanged')!);
    expect(integer(after, 'uSNCreated')).toBe(integer(before, 'uSNCreated'));
  });

  test('back links, from the moment a link is made until it is gone', async () => {
    const store = await storeWithPair();
    const backLink = 'msDS-ManagedAccountPrecededByLinkBL';
    await store.replace(dmsa, { [precededBy]: [account.toUpperCase()] });
    expect(text((await store.read(dmsa))!, precededBy)).toBe(account);
    expect(text((await store.read(account))!, backLink)).toBe(dmsa);
    expect(await store.find(baseDn, backLink, dmsa.toLowerCase())).toHaveLength(1);
    await store.replace(dmsa, { [precededBy]: [] });
    expect(text((await store.read(account))!, backLink)).toBeNull();
    await store.replace(dmsa, { [precededBy]: [account] });
    await store.remove(account);
    expect(text((await store.read(dmsa))!, precededBy)).toBeNull();
    await store.add(account, { objectClass: ['user'] });
    expect(text((await store.read(account))!, backLink)).toBeNull();
  });

  test('members of members, in a circle too', async () => {
    const store = await storeWithPair();
    const group = (name: string) => `CN=${name},${users}`;
    for (const name of ['a', 'b', 'c']) await store.add(group(name), { objectClass: ['group'] });
    await store.replace(group('a'), { member: [account, group('c')] });
    await store.replace(group('b'), { member: [group('a')] });
    await store.replace(group('c'), { member: [group('b')] });
    const inChain = (attribute: string, dn: string) =>
      store.search(users, 'one', {
        kind: 'extensible',
        rule: '1.2.840.113556.1.4.1941',
        attribute,
        value: Buffer.from(dn),
      });
    const names = async (found: Promise<{ dn: string }[]>) => (await found).map(({ dn }) => dn);
    expect(await names(inChain('memberOf', group('b')))).toEqual(
      expect.arrayContaining([account, group('a'), group('b'), group('c')]),
    );
    expect(await names(inChain('member', account))).toEqual([group('a'), group('b'), group('c')]);
    expect(await names(inChain('memberOf', `CN=Computers,${baseDn}`))).toEqual([]);
  });
});

describe('reading', () => {
  test('an object that is not there is null', async () => {
    expect(await newStore().read(`CN=x,${users}`)).toBeNull();
  });

  test('gives a copy: changing it changes nothing', async () => {
    const store = await storeWithPair();
    const entry = (await store.read(account))!;
    entry.attributes.sAMAccountName!.push('x');
    expect(texts((await store.read(account))!, 'sAMAccountName')).toEqual(['svc']);
  });

  test('compares as the attribute’s syntax has it', async () => {
    const store = await storeWithPair();
    expect(await store.compare(account, 'SAMACCOUNTNAME', Buffer.from('SVC'))).toBe(true);
    expect(await store.compare(account, 'sAMAccountName', 'svc2')).toBe(false);
    expect(await store.compare(account, 'description', 'x')).toBe(false);
  });

  test('a search has a scope, and ends where another naming context begins', async () => {
    const store = await storeWithPair();
    const all = { kind: 'present', attribute: 'objectClass' } as const;
    const names = async (base: string, scope: 'base' | 'one' | 'sub') =>
      (await store.search(base, scope, all)).map(({ dn }) => dn);
    expect(await names(managed, 'base')).toEqual([managed]);
    expect(await names(managed, 'one')).toEqual([dmsa]);
    expect(await names(managed, 'sub')).toEqual([managed, dmsa]);
    expect(await names(users, 'one')).toContain(account);
    const domain = await names(baseDn, 'sub');
    expect(domain).toContain(dmsa);
    expect(domain.filter((dn) => dn.includes('CN=Configuration'))).toEqual([]);
    const configuration = await names(store.configurationDn, 'sub');
    expect(configuration).toContain(
      `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,${store.configurationDn}`,
    );
    expect(configuration.filter((dn) => dn.includes('CN=Schema'))).toEqual([]);
  });

  test('the names of the domain are in its crossRef', async () => {
    const store = newStore();
    const [crossRef] = await store.find(
      `CN=Partitions,${store.configurationDn}`,
      'nCName',
      'dc=LAB, dc=example',
    );
    expect(text(crossRef!, 'nETBIOSName')).toBe('LAB');
    expect(text(crossRef!, 'dnsRoot')).toBe('lab.example');
  });
});
