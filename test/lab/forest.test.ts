import { describe, expect, test } from 'vitest';
import { labHost } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { octets, text, texts } from '../../src/directory/entry.ts';
import { equals } from '../../src/directory/filters.ts';
import { sidText } from '../../src/directory/sid.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';
import { parseFilter } from '../support/parse-filter.ts';
import { baseDn, configuration, connected, labWith, plain, users } from './seeded.ts';

const childDn = `DC=emea,${baseDn}`;

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
