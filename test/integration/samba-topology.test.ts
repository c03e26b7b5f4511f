import { afterAll, beforeAll, expect, test } from 'vitest';
import { principalsOf } from '../../lab/formats/security-descriptor.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology, labController, type Topology } from '../../lab/topology.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { integer, octets, text, texts } from '../../src/directory/entry.ts';
import { attribute, uac } from '../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { ridOf, sidText } from '../../src/directory/sid.ts';
import { parseFilter } from '../support/parse-filter.ts';
import { describeWithSamba, reserveSamba } from '../support/samba.ts';

const baseDn = 'DC=lab,DC=example';
const users = `CN=Users,${baseDn}`;
const managed = `CN=Managed Service Accounts,${baseDn}`;
const plain = { servicePrincipalNames: [], allowedToDelegateTo: [], trustedToAuthForDelegation: false };

const topology: Topology = {
  ...defaultTopology({ restartMs: 0 }),
  sites: ['Oslo'],
  controllers: [labController('dc1', { build: 20348 })],
  rootKeys: [10, -2],
  computers: 3,
  groups: [
    { name: 'hosts', members: ['fin01.lab.example', 'more', 'S-1-5-21-1-2-3-4'] },
    { name: 'more', members: ['kiosk07', 'hosts'] },
  ],
  accounts: [
    {
      ...plain,
      name: 'svc-a',
      groups: ['Backup Operators'],
      adminCount: true,
      unconstrainedDelegation: true,
    },
    { ...plain, name: 'svc-b', disabled: true, encryptionTypes: 4, expires: '2025-05-01T00:00:00.000Z' },
    { ...plain, name: 'svc-c', authenticationPolicy: 'tier0', authenticationSilo: 'vault' },
    { ...plain, name: 'svc-gone', userPrincipalName: null },
  ],
  dmsas: [
    { name: 'forged', state: 2, account: 'svc-a', principals: ['hosts', 'S-1-5-21-9-9-9-9'] },
    { name: 'one-sided', state: 1, account: 'svc-b', links: 'on-dmsa', accountState: null },
    { name: 'other-side', state: 0, account: 'svc-c', links: 'on-account', accountState: 1 },
    { name: 'buried', state: 2, account: 'svc-gone', accountDeleted: true },
  ],
};

describeWithSamba('a topology on a real server', () => {
  let reserved: Awaited<ReturnType<typeof reserveSamba>>;
  let labs: { samba: Lab; memory: Lab };
  let directories: { samba: Directory; memory: Directory };

  beforeAll(async () => {
    const clock = () => new Date();
    reserved = await reserveSamba();
    const samba = await startLab({ topology, directory: 'samba', samba: reserved.samba, clock });
    const memory = await startLab({ topology, clock });
    labs = { samba, memory };
    const connect = ({ settings }: Lab) => connectDirectory(settings.directory, settings.hosts)();
    directories = { samba: await connect(samba), memory: await connect(memory) };
  });
  afterAll(async () => {
    for (const directory of Object.values(directories ?? {})) await directory.close();
    for (const lab of Object.values(labs ?? {})) await lab.close();
    reserved?.release();
  });

  /** What both say; that it is the same is asserted. */
  async function both<T>(read: (directory: Directory) => Promise<T>): Promise<T> {
    const [onSamba, inMemory] = [await read(directories.samba), await read(directories.memory)];
    expect(inMemory).toEqual(onSamba);
    return onSamba;
  }

  const names = (dn: string, name: string) => (directory: Directory) =>
    directory.read(dn, [name]).then((entry) => entry && texts(entry, name).sort());

  test('groups and foreign principals are what they are in the lab’s own directory', async () => {
    expect(await both(names(`CN=hosts,${users}`, 'member'))).toEqual([
      `CN=FIN01,CN=Computers,${baseDn}`,
      `CN=S-1-5-21-1-2-3-4,CN=ForeignSecurityPrincipals,${baseDn}`,
      `CN=more,${users}`,
    ]);
    expect(await both(names(`CN=svc-a,${users}`, 'memberOf'))).toEqual([
      `CN=Backup Operators,CN=Builtin,${baseDn}`,
    ]);
    const chain = (member: string) => (directory: Directory) =>
      directory
        .search(baseDn, {
          scope: 'sub',
          filter: parseFilter(`(member:1.2.840.113556.1.4.1941:=${member})`),
          attributes: ['cn'],
        })
        .then((found) => found.map((entry) => text(entry, 'cn')).sort());
    expect(await both(chain(`CN=KIOSK07,CN=Computers,${baseDn}`))).toEqual(['hosts', 'more']);
  });

  test('accounts are in the condition that was asked for', async () => {
    const facts = (name: string) => async (directory: Directory) => {
      const shown = [
        'userAccountControl',
        'adminCount',
        attribute.encryptionTypes,
        'accountExpires',
        'sAMAccountType',
      ];
      const entry = (await directory.read(`CN=${name},${users}`, shown))!;
      return shown.map((each) => text(entry, each));
    };
    const never = '9223372036854775807';
    const normal = uac.normalAccount | 0x20;
    const user = String(0x30000000);
    expect(await both(facts('svc-a'))).toEqual([
      String(normal | uac.trustedForDelegation),
      '1',
      null,
      never,
      user,
    ]);
    const expires = '133905312000000000';
    expect(await both(facts('svc-b'))).toEqual([
      String(normal | uac.accountDisabled),
      null,
      '4',
      expires,
      user,
    ]);
    const policies = `CN=AuthN Policy Configuration,CN=Services,CN=Configuration,${baseDn}`;
    expect(await both(names(`CN=svc-c,${users}`, attribute.authenticationSilo))).toEqual([
      `CN=vault,CN=AuthN Silos,${policies}`,
    ]);
  });

  test('pairs are as forged as they were asked to be', async () => {
    const pair = (dmsa: string, account: string) => async (directory: Directory) => {
      const one = (await directory.read(`CN=${dmsa},${managed}`, [
        attribute.dmsaState,
        attribute.precededBy,
      ]))!;
      const other = await directory.read(`CN=${account},${users}`, [
        attribute.accountState,
        attribute.supersededBy,
      ]);
      return [
        integer(one, attribute.dmsaState),
        text(one, attribute.precededBy),
        other && integer(other, attribute.accountState),
        other && text(other, attribute.supersededBy),
      ];
    };
    expect(await both(pair('forged', 'svc-a'))).toEqual([2, `CN=svc-a,${users}`, 2, `CN=forged,${managed}`]);
    expect(await both(pair('one-sided', 'svc-b'))).toEqual([1, `CN=svc-b,${users}`, null, null]);
    expect(await both(pair('other-side', 'svc-c'))).toEqual([0, null, 1, `CN=other-side,${managed}`]);
    expect(await both(pair('buried', 'svc-gone'))).toEqual([2, null, null, null]);
    const principals = async (directory: Directory) => {
      const entry = (await directory.read(`CN=forged,${managed}`, [attribute.principals]))!;
      return principalsOf(decodeSecurityDescriptor(octets(entry, attribute.principals)!)).length;
    };
    expect(await both(principals)).toBe(2);
  });

  test('sites, the system of the DC and keys; the server object of the DC is where it was', async () => {
    expect(
      await both(names(`CN=Servers,CN=Oslo,CN=Sites,CN=Configuration,${baseDn}`, 'objectClass')),
    ).toEqual(['serversContainer', 'top']);
    const computer = `CN=DC1,OU=Domain Controllers,${baseDn}`;
    expect(await both(names(computer, 'operatingSystemVersion'))).toEqual(['10.0 (20348)']);
    expect(await both(names(computer, 'msDS-isRODC'))).toEqual(['FALSE']);
    const server = `CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,${baseDn}`;
    expect(await both(names(computer, 'serverReferenceBL'))).toEqual([server]);
    expect(await both(names(`CN=NTDS Settings,${server}`, 'msDS-HasDomainNCs'))).toEqual([baseDn]);
    expect(await both(names(baseDn, 'msDS-NCReplInboundNeighbors'))).toEqual([]);
    const keys = `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,CN=Configuration,${baseDn}`;
    const count = (directory: Directory) =>
      directory
        .search(keys, {
          scope: 'one',
          filter: parseFilter('(objectClass=msKds-ProvRootKey)'),
          attributes: ['cn'],
        })
        .then((found) => found.length);
    expect(await both(count)).toBe(2);
  });

  test('what every domain is born with: the same groups, of the same kind, as protected, with the same members', async () => {
    // Those that Windows Server 2016 brought are not in a Samba domain of 2012 R2.
    const newer = new Set(['Key Admins', 'Enterprise Key Admins', 'Cloneable Domain Controllers']);
    const groups = async (directory: Directory) => {
      const shown = ['cn', 'objectSid', 'groupType', 'sAMAccountType', 'adminCount', 'systemFlags', 'member'];
      const found = await directory.search(baseDn, {
        scope: 'sub',
        filter: parseFilter('(objectClass=group)'),
        attributes: shown,
      });
      return found
        .filter((entry) => !newer.has(text(entry, 'cn')!))
        .map((entry) => [
          entry.dn,
          ridOf(sidText(octets(entry, 'objectSid')!)),
          ...['groupType', 'sAMAccountType', 'adminCount', 'systemFlags'].map((name) => text(entry, name)),
          texts(entry, 'member').sort().join('; '),
        ])
        .sort(([a], [b]) => (a! < b! ? -1 : 1));
    };
    expect(await both(groups)).toHaveLength(38 + 2);
  });
});
