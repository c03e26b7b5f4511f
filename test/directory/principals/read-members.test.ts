import { describe, expect, test } from 'vitest';
import type { Directory } from '../../../src/directory/directory.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { withPrincipalNames } from '../../../src/directory/principals/read-principals.ts';
import { sidOctets } from '../../../src/directory/sid.ts';
import { domainSid } from '../../lab/ldap/fixture.ts';
import {
  add,
  computer,
  dmsaWith,
  dnOf,
  domain,
  elsewhere,
  foreigners,
  group,
  principalOf,
} from './dmsa-in-domain.ts';

const universal = '-2147483640';
const distribution = '2';

describe('where a group leads', () => {
  test('to nobody where it is a distribution group, whatever is in it, and so for one inside a group', async () => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    const mail = await group(store, 'Mail', ['WEB01'], distribution);
    const around = await group(store, 'Around', ['Mail']);
    for (const sid of [mail, around]) {
      const { leadsTo } = await principalOf(directory, sid, [web01]);
      expect(leadsTo).toMatchObject({ hosts: [], others: 0, names: [] });
    }
  });

  test('through nested groups to hosts of the plan and others, of whom the first are named', async () => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    for (let number = 1; number <= 7; number++) await computer(store, `KIOSK${number}`);
    await group(store, 'Inner', ['WEB01', 'KIOSK7', 'KIOSK6', 'KIOSK5', 'KIOSK4', 'KIOSK3']);
    await group(store, 'Middle', ['Inner', 'KIOSK2']);
    const outer = await group(store, 'Outer', ['Middle', 'KIOSK1', 'Administrator']);
    const { leadsTo } = await principalOf(directory, outer, [web01]);
    expect(leadsTo).toEqual({
      hosts: [web01],
      others: 8,
      names: ['Administrator', 'KIOSK1$', 'KIOSK2$', 'KIOSK3$', 'KIOSK4$'],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('groups that are members of each other end where they come back', async () => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    const first = await group(store, 'First', ['WEB01']);
    const second = await group(store, 'Second', ['First']);
    const third = await group(store, 'Third', ['Second']);
    await store.replace(dnOf('First'), { member: [dnOf('WEB01'), dnOf('Third'), dnOf('First')] });
    const { principals, hostsAllowed } = await withPrincipalNames(directory, dmsaWith(first, second, third), [
      web01,
    ]);
    for (const { leadsTo } of principals) expect(leadsTo).toMatchObject({ hosts: [web01], others: 0 });
    expect(hostsAllowed).toEqual([web01]);
  });

  test('to those whose primary group it is, whom the group does not list', async () => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    await computer(store, 'WEB02');
    const { leadsTo } = await principalOf(directory, `${domainSid}-515`, [web01]);
    expect(leadsTo).toMatchObject({ hosts: [web01], others: 1, names: ['WEB02$'] });
  });

  test('to everyone where authenticated users are in it, as in the built-in Users', async () => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    const found = await withPrincipalNames(directory, dmsaWith('S-1-5-32-545'), [web01]);
    expect(found.principals[0]).toMatchObject({
      name: 'Users',
      kind: 'group',
      leadsTo: { hosts: [web01], others: null },
    });
    expect(found.hostsAllowed).toEqual([web01]);
  });

  test('to a host of another domain by its foreign security principal', async () => {
    const { store, directory } = await domain();
    await add(store, childDn('CN', elsewhere, foreigners), 'foreignSecurityPrincipal', {
      objectSid: [sidOctets(elsewhere)],
    });
    const mixed = await group(store, 'Mixed', [], universal);
    await store.replace(dnOf('Mixed'), { member: [childDn('CN', elsewhere, foreigners)] });
    const asHost = await principalOf(directory, mixed, [elsewhere]);
    expect(asHost.leadsTo).toMatchObject({ hosts: [elsewhere], others: 0 });
    const asOther = await principalOf(directory, mixed);
    expect(asOther.leadsTo).toMatchObject({ hosts: [], others: 1, names: [elsewhere] });
  });

  test('to members that another domain of the forest holds, by the DN that the group lists', async () => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    const mixed = await group(store, 'Mixed', ['WEB01'], universal);
    const there = 'CN=FAR01,CN=Computers,DC=far,DC=example';
    const asIfLinked: Directory = {
      ...directory,
      rootDse: () => directory.rootDse(),
      search: async (base, options) => {
        const entries = await directory.search(base, options);
        if (!options.attributes.includes('member')) return entries;
        return entries.map(({ dn, attributes }) => {
          return { dn, attributes: { ...attributes, member: [...(attributes.member ?? []), there] } };
        });
      },
    };
    const { leadsTo } = await principalOf(asIfLinked, mixed, [web01]);
    expect(leadsTo).toMatchObject({ hosts: [web01], others: 1, names: [there] });
  });

  test('its digest changes with any member, hosts and others, and with nothing else', async () => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    await computer(store, 'WEB02');
    const servers = await group(store, 'Servers', ['WEB01']);
    const digest = async () => (await principalOf(directory, servers, [web01])).leadsTo?.digest;
    const before = await digest();
    await store.replace(dnOf('Servers'), { description: ['as before'] });
    expect(await digest()).toBe(before);
    await store.replace(dnOf('Servers'), { member: [dnOf('WEB01'), dnOf('WEB02')] });
    const grown = await digest();
    await store.replace(dnOf('Servers'), { member: [dnOf('WEB02')] });
    expect(new Set([before, grown, await digest()]).size).toBe(3);
  });
});
