import { describe, expect, onTestFinished, test } from 'vitest';
import { principalsOf } from '../../lab/formats/security-descriptor.ts';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { defaultTopology, type LabDmsa, labController, labHost, type Topology } from '../../lab/topology.ts';
import type { Settings } from '../../src/config/settings.ts';
import { connectionsOf } from '../../src/connections.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { integer, octets, text, texts } from '../../src/directory/entry.ts';
import { fileTimeToIso } from '../../src/directory/file-time.ts';
import { byRule, equals } from '../../src/directory/filters.ts';
import { attribute, inChainRule, uac } from '../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { sidText } from '../../src/directory/sid.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';
import { parseFilter } from '../support/parse-filter.ts';
import { newStore } from './ldap/fixture.ts';

const baseDn = 'DC=lab,DC=example';
const childDn = `DC=emea,${baseDn}`;
const users = `CN=Users,${baseDn}`;
const configuration = `CN=Configuration,${baseDn}`;
const firstSite = `CN=Default-First-Site-Name,CN=Sites,${configuration}`;
const started = new Date('2025-06-01T08:00:00.000Z');
const plain = { servicePrincipalNames: [], allowedToDelegateTo: [], trustedToAuthForDelegation: false };

async function labWith(changes: Partial<Topology>, options: LabOptions = {}): Promise<Lab> {
  const topology = { ...defaultTopology({ restartMs: 0 }), ...changes };
  const lab = await startLab({ clock: () => started, ...options, topology });
  onTestFinished(() => lab.close());
  return lab;
}

async function connected({ directory, hosts }: Settings, only?: string): Promise<Directory> {
  const opened = await connectDirectory(directory, hosts)({ only });
  onTestFinished(() => opened.close());
  return opened;
}

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

describe('domain controllers that a topology writes down', () => {
  test('are in their sites, an RODC as what it is, with their builds', async () => {
    const lab = await labWith({
      controllers: [
        labController('dc1'),
        labController('old', { build: 20348, site: 'Oslo' }),
        labController('rodc', { readOnly: true, site: 'Branch' }),
      ],
      sites: ['Empty'],
    });
    const directory = await connected(lab.settings);
    const found = await directory.search(`OU=Domain Controllers,${baseDn}`, {
      scope: 'one',
      filter: parseFilter('(objectClass=computer)'),
      attributes: ['cn', 'userAccountControl', 'primaryGroupID', 'operatingSystemVersion', 'msDS-isRODC'],
    });
    const names = ['cn', 'userAccountControl', 'primaryGroupID', 'operatingSystemVersion', 'msDS-isRODC'];
    const writable = String(uac.serverTrustAccount | uac.trustedForDelegation);
    expect(found.map((entry) => names.map((name) => text(entry, name)))).toEqual([
      ['DC1', writable, '516', '10.0 (26100)', 'FALSE'],
      ['OLD', writable, '516', '10.0 (20348)', 'FALSE'],
      ['RODC', String(0x4000000 | 0x1000), '521', '10.0 (26100)', 'TRUE'],
    ]);
    const agents = await directory.search(`CN=Sites,${configuration}`, {
      scope: 'sub',
      filter: parseFilter('(objectClass=nTDSDSA)'),
      attributes: ['objectClass', 'hasMasterNCs', 'msDS-hasFullReplicaNCs'],
    });
    const rodc = agents.find(({ dn }) => dn.includes('CN=Branch,'))!;
    expect(texts(rodc, 'objectClass').at(-1)).toBe('nTDSDSARO');
    expect(texts(rodc, 'hasMasterNCs')).toEqual([]);
    expect(texts(rodc, 'msDS-hasFullReplicaNCs')).toHaveLength(3);
    expect(agents.filter(({ dn }) => dn.includes('CN=Oslo,'))).toHaveLength(1);
    expect(await directory.read(`CN=Servers,CN=Empty,CN=Sites,${configuration}`, ['cn'])).not.toBeNull();
  });

  test('the first may be in another site than the first one', async () => {
    const lab = await labWith({ controllers: [labController('dc1', { site: 'Oslo' })] });
    const settings = `CN=NTDS Settings,CN=DC1,CN=Servers,CN=Oslo,CN=Sites,${configuration}`;
    expect(await lab.dc.store.read(settings)).not.toBeNull();
  });

  test('none that is read-only answers', async () => {
    const rodc = labController('rodc', { readOnly: true, served: true });
    await expect(labWith({ controllers: [labController('dc1'), rodc] })).rejects.toThrow(
      'rodc.lab.example is read-only: the lab serves writable domain controllers only',
    );
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

describe('a domain below the first one', () => {
  const child = {
    name: 'emea',
    account: { ...plain, name: 'svc-emea', servicePrincipalNames: ['HTTP/emea'], groups: ['Domain Admins'] },
    hosts: [{ ...labHost('ber01', []), name: 'ber01.emea.lab.example' }],
    computers: 2,
  };

  test('is what its DC serves, in the forest of the first', async () => {
    const lab = await labWith({ child });
    const below = await connected(lab.child!.settings);
    const above = await connected(lab.settings);
    const root = below.rootDse();
    expect([root.baseDn, root.rootDomainDn, root.dc]).toEqual([childDn, baseDn, 'emea-dc1.emea.lab.example']);
    expect([root.configurationDn, root.schemaDn]).toEqual([configuration, `CN=Schema,${configuration}`]);
    const sidOf = async (directory: Directory) =>
      sidText(octets((await directory.read(directory.rootDse().baseDn, ['objectSid']))!, 'objectSid')!);
    expect(await sidOf(below)).not.toBe(await sidOf(above));
    const account = (await below.read(lab.child!.seeded.accountDn, ['userPrincipalName', 'memberOf']))!;
    expect(account.dn).toBe(`CN=svc-emea,CN=Users,${childDn}`);
    expect(text(account, 'userPrincipalName')).toBe('svc-emea@emea.lab.example');
    expect(texts(account, 'memberOf')).toEqual([`CN=Domain Admins,CN=Users,${childDn}`]);
    expect(
      await below.search(childDn, {
        scope: 'sub',
        filter: parseFilter('(cn=svc-finance)'),
        attributes: ['cn'],
      }),
    ).toEqual([]);
    expect(
      await above.search(baseDn, { scope: 'sub', filter: parseFilter('(cn=svc-emea)'), attributes: ['cn'] }),
    ).toEqual([]);
    expect(await below.read(`CN=Enterprise Admins,CN=Users,${childDn}`, ['cn'])).toBeNull();
  });

  test('has keys, schema, sites and names of the forest; each DC sees those of all', async () => {
    const lab = await labWith({ child });
    for (const settings of [lab.settings, lab.child!.settings]) {
      const directory = await connected(settings);
      const partitions = await directory.search(`CN=Partitions,${configuration}`, {
        scope: 'one',
        filter: parseFilter('(nETBIOSName=*)'),
        attributes: ['nETBIOSName', 'nCName', 'dnsRoot', 'trustParent'],
      });
      expect(
        partitions.map((each) =>
          ['nETBIOSName', 'nCName', 'dnsRoot', 'trustParent'].map((name) => text(each, name)),
        ),
      ).toEqual([
        ['LAB', baseDn, 'lab.example', null],
        ['EMEA', childDn, 'emea.lab.example', `CN=LAB,CN=Partitions,${configuration}`],
      ]);
      const keys = `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,${configuration}`;
      const filter = equals.text('objectClass', 'msKds-ProvRootKey');
      expect(await directory.search(keys, { scope: 'one', filter, attributes: ['cn'] })).toHaveLength(1);
      const servers = await directory.search(`CN=Sites,${configuration}`, {
        scope: 'sub',
        filter: parseFilter('(objectClass=server)'),
        attributes: ['dNSHostName', 'serverReference'],
      });
      expect(
        servers.map((server) => ['dNSHostName', 'serverReference'].map((name) => text(server, name))),
      ).toEqual([
        ['dc1.lab.example', `CN=DC1,OU=Domain Controllers,${baseDn}`],
        ['emea-dc1.emea.lab.example', `CN=EMEA-DC1,OU=Domain Controllers,${childDn}`],
      ]);
    }
  });

  test('an account of it is planned for as one of the first domain is', async () => {
    const service = {
      name: 'App',
      startName: 'EMEA\\svc-emea',
      state: 'Running',
      startMode: 'Auto',
    } as const;
    const host = labHost('ber01', [{ ...service, restartMs: 0, failingStarts: 0 }]);
    const lab = await labWith({
      child: {
        ...child,
        account: { ...child.account, groups: [] },
        hosts: [{ ...host, name: 'ber01.emea.lab.example' }],
      },
    });
    const request = parseRequest({
      account: 'EMEA\\svc-emea',
      dmsa: 'dmsa-emea',
      hosts: ['ber01.emea.lab.example'],
      requestedBy: 'LAB\\alice',
    });
    const { plan, findings } = await makePlan(request, connectionsOf(lab.child!.settings));
    expect(findings).toEqual([]);
    expect(plan).toMatchObject({
      account: { dn: `CN=svc-emea,CN=Users,${childDn}` },
      domain: { baseDn: childDn, netbiosName: 'EMEA', server: 'emea-dc1.emea.lab.example' },
      dmsa: { dnsHostName: 'dmsa-emea.emea.lab.example' },
      hosts: [{ name: 'ber01.emea.lab.example', services: ['App'] }],
    });
  });

  test('members may be of another domain, and a host logs on at its own', async () => {
    const lab = await labWith({ child });
    const { store } = lab.child!.dc;
    const group = `CN=Domain Admins,CN=Users,${childDn}`;
    const stranger = `CN=svc-finance,${users}`;
    await store.replace(group, { member: [stranger] });
    expect(texts((await store.read(group))!, 'member')).toEqual([stranger]);
    await expect(store.replace(group, { member: [`CN=nobody,CN=Users,${childDn}`] })).rejects.toMatchObject({
      code: 32,
    });
    expect(lab.child!.hosts.map((host) => host.settings.name)).toEqual(['ber01.emea.lab.example']);
    expect(lab.settings.hosts).toHaveProperty(['ber01.emea.lab.example']);
  });
});

describe('what a real server is not', () => {
  const samba = { directory: 'samba' } as const;

  test.each<[string, Partial<Topology>]>([
    [
      'there is no dc2.lab.example beside dc1.lab.example',
      { controllers: [labController('dc1'), labController('dc2')] },
    ],
    ['writable and in Default-First-Site-Name', { controllers: [labController('dc1', { readOnly: true })] }],
    [
      'the only domain of its forest',
      { child: { name: 'emea', account: { ...plain, name: 'a' }, hosts: [] } },
    ],
    [
      'svc-twin cannot have an SPN that another account has',
      { accounts: [{ ...plain, name: 'svc-twin', duplicateSpns: ['HTTP/finance'] }] },
    ],
    ['its schema has msDS-DelegatedMSAState', { lacking: ['msDS-DelegatedMSAState'] }],
  ])('is refused before anything is started: %s', async (why, changes) => {
    const refused = labWith(changes, samba);
    await expect(refused).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', subject: '--directory samba' });
    await expect(refused).rejects.toThrow(why);
  });
});
