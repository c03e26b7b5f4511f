import { describe, expect, test } from 'vitest';
import { principalsOf } from '../../lab/formats/security-descriptor.ts';
import type { LabDmsa } from '../../lab/topology.ts';
import { integer, octets, text, texts } from '../../src/directory/entry.ts';
import { fileTimeToIso } from '../../src/directory/file-time.ts';
import { byRule, equals } from '../../src/directory/filters.ts';
import { attribute, inChainRule, uac } from '../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { sidText } from '../../src/directory/sid.ts';
import { parseFilter } from '../support/parse-filter.ts';
import { newStore } from './ldap/fixture.ts';
import { baseDn, configuration, connected, labWith, plain, users } from './seeded.ts';

const firstSite = `CN=Default-First-Site-Name,CN=Sites,${configuration}`;

describe('a domain as it is born', () => {
  test('has its DC in a site: server, DSA and computer refer to each other', async () => {
    const lab = await labWith({});
    const directory = await connected(lab.settings);
    const server = `CN=DC1,CN=Servers,${firstSite}`;
    const computer = `CN=DC1,OU=Domain Controllers,${baseDn}`;
    const read = async (dn: string, ...names: string[]) => (await directory.read(dn, names))!;
    expect(texts(await read(server, 'serverReference'), 'serverReference')).toEqual([computer]);
    const dc = await read(computer, 'serverReferenceBL', 'msDS-isRODC', 'primaryGroupID', 'sAMAccountType');
    expect(texts(dc, 'serverReferenceBL')).toEqual([server]);
    expect(texts(dc, 'msDS-isRODC')).toEqual(['FALSE']);
    expect([integer(dc, 'primaryGroupID'), integer(dc, 'sAMAccountType')]).toEqual([516, 0x30000001]);
    const agent = await read(
      `CN=NTDS Settings,${server}`,
      'objectClass',
      'msDS-HasDomainNCs',
      'hasMasterNCs',
    );
    expect(texts(agent, 'objectClass')).toEqual(['top', 'applicationSettings', 'nTDSDSA']);
    expect(texts(agent, 'msDS-HasDomainNCs')).toEqual([baseDn]);
    expect(texts(agent, 'hasMasterNCs')).toEqual([`CN=Schema,${configuration}`, baseDn, configuration]);
  });

  test.each([
    ['Administrators', 'S-1-5-32-544', 'CN=Builtin', true],
    ['Account Operators', 'S-1-5-32-548', 'CN=Builtin', true],
    ['Server Operators', 'S-1-5-32-549', 'CN=Builtin', true],
    ['Print Operators', 'S-1-5-32-550', 'CN=Builtin', true],
    ['Backup Operators', 'S-1-5-32-551', 'CN=Builtin', true],
    ['Replicator', 'S-1-5-32-552', 'CN=Builtin', true],
    ['Domain Admins', '512', 'CN=Users', true],
    ['Domain Users', '513', 'CN=Users', false],
    ['Domain Computers', '515', 'CN=Users', false],
    ['Domain Controllers', '516', 'CN=Users', true],
    ['Schema Admins', '518', 'CN=Users', true],
    ['Enterprise Admins', '519', 'CN=Users', true],
    ['Read-only Domain Controllers', '521', 'CN=Users', true],
    ['Protected Users', '525', 'CN=Users', false],
    ['Key Admins', '526', 'CN=Users', false],
    ['Enterprise Key Admins', '527', 'CN=Users', false],
    ['Administrator', '500', 'CN=Users', true],
    ['krbtgt', '502', 'CN=Users', true],
  ])('has %s with its SID, marked as protected or not', async (name, sid, place, isProtected) => {
    const store = newStore();
    const entry = (await store.read(`CN=${name},${place},${baseDn}`))!;
    const whole = sid.startsWith('S-1-') ? sid : `${store.domainSid}-${sid}`;
    expect(sidText(octets(entry, 'objectSid')!)).toBe(whole);
    expect(integer(entry, 'adminCount')).toBe(isProtected ? 1 : null);
  });

  test('has memberships through which an administrator is found in chain', async () => {
    const directory = await connected((await labWith({})).settings);
    const filter = byRule('member', inChainRule, `CN=Administrator,${users}`);
    const groups = await directory.search(baseDn, { scope: 'sub', filter, attributes: ['cn'] });
    expect(groups.map((group) => text(group, 'cn')).sort()).toEqual([
      'Administrators',
      'Denied RODC Password Replication Group',
      'Domain Admins',
      'Enterprise Admins',
      'Group Policy Creator Owners',
      'Schema Admins',
    ]);
  });
});

describe('what a topology puts into a domain', () => {
  test('groups are members of each other, in circles, with computers and foreign principals', async () => {
    const lab = await labWith({
      groups: [
        { name: 'hosts', members: ['fin01.lab.example', 'more', 'S-1-5-11', 'S-1-5-21-1-2-3-4'] },
        { name: 'more', members: ['kiosk07', 'hosts'] },
        { name: 'Backup Operators', members: ['more'] },
      ],
      accounts: [{ ...plain, name: 'svc-web', groups: ['Domain Admins', 'more'] }],
    });
    const { store } = lab.dc;
    const members = async (dn: string) => texts((await store.read(dn))!, 'member').sort();
    expect(await members(`CN=hosts,${users}`)).toEqual([
      `CN=FIN01,CN=Computers,${baseDn}`,
      `CN=S-1-5-11,CN=ForeignSecurityPrincipals,${baseDn}`,
      `CN=S-1-5-21-1-2-3-4,CN=ForeignSecurityPrincipals,${baseDn}`,
      `CN=more,${users}`,
    ]);
    expect(await members(`CN=more,${users}`)).toEqual([
      `CN=KIOSK07,CN=Computers,${baseDn}`,
      `CN=hosts,${users}`,
      `CN=svc-web,${users}`,
    ]);
    expect(await members(`CN=Backup Operators,CN=Builtin,${baseDn}`)).toEqual([`CN=more,${users}`]);
    expect(await members(`CN=Domain Admins,${users}`)).toContain(`CN=svc-web,${users}`);
    const unknown = [{ name: 'hosts', members: ['nobody'] }];
    await expect(labWith({ groups: unknown })).rejects.toThrow('nothing that is called nobody');
  });

  test('an account in any condition', async () => {
    const lab = await labWith({
      accounts: [
        {
          ...plain,
          name: 'svc-odd',
          unconstrainedDelegation: true,
          disabled: true,
          control: 0x400000,
          adminCount: true,
          encryptionTypes: 4,
          expires: '2025-05-01T00:00:00.000Z',
          passwordLastSet: '2020-01-01T00:00:00.000Z',
          userPrincipalName: null,
          authenticationPolicy: 'tier0',
          authenticationSilo: 'vault',
          duplicateSpns: ['HTTP/finance'],
        },
      ],
    });
    const odd = (await lab.dc.store.read(`CN=svc-odd,${users}`))!;
    const expected = uac.normalAccount | uac.trustedForDelegation | uac.accountDisabled | 0x20 | 0x400000;
    expect(integer(odd, 'userAccountControl')).toBe(expected);
    expect([integer(odd, 'adminCount'), integer(odd, attribute.encryptionTypes)]).toEqual([1, 4]);
    expect(fileTimeToIso(text(odd, 'accountExpires'))).toBe('2025-05-01T00:00:00.000Z');
    expect(fileTimeToIso(text(odd, 'pwdLastSet'))).toBe('2020-01-01T00:00:00.000Z');
    expect(text(odd, 'userPrincipalName')).toBeNull();
    const policies = `CN=AuthN Policy Configuration,CN=Services,${configuration}`;
    expect(text(odd, attribute.authenticationPolicy)).toBe(`CN=tier0,CN=AuthN Policies,${policies}`);
    expect(text(odd, attribute.authenticationSilo)).toBe(`CN=vault,CN=AuthN Silos,${policies}`);
    const holders = await lab.dc.store.find(baseDn, attribute.servicePrincipalName, 'HTTP/finance');
    expect(holders.map((entry) => text(entry, 'cn'))).toEqual(['svc-finance', 'svc-odd']);
  });

  test('KDS root keys as they are told, or none', async () => {
    const keys = `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,${configuration}`;
    const starts = async (rootKeys: number[]) => {
      const { store } = (await labWith({ rootKeys })).dc;
      const found = await store.find(keys, 'objectClass', 'msKds-ProvRootKey');
      return found.map((key) => fileTimeToIso(text(key, 'msKds-UseStartTime')));
    };
    expect(await starts([])).toEqual([]);
    expect(await starts([10, -2])).toEqual(['2025-06-01T18:00:00.000Z', '2025-06-01T06:00:00.000Z']);
  });

  test('a schema that lacks names, as before Windows Server 2025', async () => {
    const lab = await labWith({ lacking: ['msDS-DelegatedManagedServiceAccount'] });
    const directory = await connected(lab.settings);
    const filter = parseFilter('(lDAPDisplayName=msDS-Delegated*)');
    const found = await directory.search(directory.rootDse().schemaDn, {
      scope: 'one',
      filter,
      attributes: ['cn'],
    });
    expect(found.map((entry) => text(entry, 'cn'))).toEqual(['msDS-DelegatedMSAState']);
  });

  test('pairs in whatever condition, with what the event log tells of them', async () => {
    const dmsas: LabDmsa[] = [
      { name: 'forged', state: 2, account: 'svc-a', principals: ['fin01.lab.example', 'S-1-5-21-9-9-9-9'] },
      { name: 'one-sided', state: 1, account: 'svc-b', links: 'on-dmsa', accountState: null },
      { name: 'other-side', state: 0, account: 'svc-c', links: 'on-account', accountState: 1 },
      { name: 'buried', state: 2, account: 'svc-d', accountDeleted: true, startedBy: 'LAB\\admin' },
      { name: 'alone', state: 3, account: null, disabled: true, encryptionTypes: 4, description: 'x' },
    ];
    const accounts = ['svc-a', 'svc-b', 'svc-c', 'svc-d'].map((name) => ({ ...plain, name }));
    const { store, events } = (await labWith({ accounts, dmsas })).dc;
    const dmsa = async (name: string) =>
      (await store.read(`CN=${name},CN=Managed Service Accounts,${baseDn}`))!;
    const account = async (name: string) => await store.read(`CN=${name},${users}`);
    const pair = async (dmsaName: string, accountName: string) => {
      const [one, other] = [await dmsa(dmsaName), await account(accountName)];
      return [
        integer(one, attribute.dmsaState),
        text(one, attribute.precededBy),
        other && integer(other, attribute.accountState),
        other && text(other, attribute.supersededBy),
      ];
    };
    const dn = (name: string) => `CN=${name},CN=Managed Service Accounts,${baseDn}`;
    expect(await pair('forged', 'svc-a')).toEqual([2, `CN=svc-a,${users}`, 2, dn('forged')]);
    expect(await pair('one-sided', 'svc-b')).toEqual([1, `CN=svc-b,${users}`, null, null]);
    expect(await pair('other-side', 'svc-c')).toEqual([0, null, 1, dn('other-side')]);
    expect(await pair('buried', 'svc-d')).toEqual([2, null, null, null]);
    const alone = await dmsa('alone');
    expect(integer(alone, 'userAccountControl')).toBe(uac.workstationTrustAccount | uac.accountDisabled);
    expect(integer(alone, attribute.encryptionTypes)).toBe(4);
    const allowed = octets(await dmsa('forged'), attribute.principals)!;
    expect(principalsOf(decodeSecurityDescriptor(allowed))).toEqual([
      sidText(octets((await store.read(`CN=FIN01,CN=Computers,${baseDn}`))!, 'objectSid')!),
      'S-1-5-21-9-9-9-9',
    ]);
    expect(events).toMatchObject([{ id: 3085, requestedBy: 'LAB\\admin', dmsa: dn('buried') }]);
  });

  test('five thousand computers, which a client reads in pages', async () => {
    const lab = await labWith({ computers: 5_000 });
    const directory = await connected(lab.settings);
    const filter = equals.text('objectClass', 'computer');
    const found = await directory.search(`CN=Computers,${baseDn}`, {
      scope: 'one',
      filter,
      attributes: ['cn'],
    });
    expect(found).toHaveLength(5_000 + 4);
    expect(lab.seeded.computerSids.get('pc05000.lab.example')).toMatch(/^S-1-5-21-/);
  });
});
