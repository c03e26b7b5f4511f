import { describe, expect, onTestFinished, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import {
  descriptorForPrincipals,
  encodeSecurityDescriptor,
} from '../../../lab/formats/security-descriptor.ts';
import { connectDirectory } from '../../../src/directory/connection/connection.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { octets, type Value } from '../../../src/directory/entry.ts';
import { principalFacts } from '../../../src/directory/principals/principal-facts.ts';
import { withPrincipalNames } from '../../../src/directory/principals/read-principals.ts';
import { uac } from '../../../src/directory/schema.ts';
import { type Ace, right } from '../../../src/directory/security/ace.ts';
import { sidOctets, sidText } from '../../../src/directory/sid.ts';
import type { DmsaFacts } from '../../../src/domain/facts/facts.ts';
import { goodDmsa } from '../../domain/facts/good-facts.ts';
import { baseDn, domainSid, newStore, serve, settingsFor } from '../../lab/ldap/fixture.ts';

const users = `CN=Users,${baseDn}`;
const foreigners = `CN=ForeignSecurityPrincipals,${baseDn}`;
const universal = '-2147483640';
const distribution = '2';
const everyone = 'S-1-1-0';
const authenticatedUsers = 'S-1-5-11';
const elsewhere = 'S-1-5-21-7-7-7-1104';

/** A domain of the test's own, and its DC, whose searches are counted. */
async function domain() {
  const store = newStore();
  const server = await serve(store);
  const { settings, hosts } = await settingsFor(server.port);
  const directory = await connectDirectory(settings, hosts)();
  onTestFinished(() => directory.close());
  return { store, directory, searches: () => server.counts.search };
}

async function add(store: MemoryStore, dn: string, objectClass: string, more: Record<string, Value[]> = {}) {
  await store.add(dn, { objectClass: [objectClass], ...more });
  return sidText(octets((await store.read(dn))!, 'objectSid')!);
}

const dnOf = (name: string) => childDn('CN', name, users);

/** Its SID; `name$` is its sAMAccountName. */
function computer(store: MemoryStore, name: string, more: Record<string, Value[]> = {}) {
  const userAccountControl = [String(uac.workstationTrustAccount)];
  return add(store, dnOf(name), 'computer', { sAMAccountName: [`${name}$`], userAccountControl, ...more });
}

function group(store: MemoryStore, name: string, members: string[] = [], groupType?: string) {
  return add(store, dnOf(name), 'group', {
    sAMAccountName: [name],
    ...(members.length > 0 && { member: members.map(dnOf) }),
    ...(groupType && { groupType: [groupType] }),
  });
}

function dmsaWith(...sids: string[]): DmsaFacts {
  return dmsaOf(descriptorForPrincipals(sids));
}

function dmsaOf(descriptor: Buffer): DmsaFacts {
  return { ...goodDmsa({ sid: `${domainSid}-1900` }), ...principalFacts(descriptor) };
}

const ace = (kind: 'allow' | 'deny', sid: string): Ace => ({ kind, flags: 0, mask: right.fullControl, sid });

function dmsaWithAces(...aces: Ace[]): DmsaFacts {
  const dacl = { revision: 4, aces };
  return dmsaOf(encodeSecurityDescriptor({ control: 0, owner: null, group: null, dacl, sacl: null }));
}

/** One principal, resolved. */
async function principalOf(directory: Directory, sid: string, hosts: string[] = []) {
  const { principals } = await withPrincipalNames(directory, dmsaWith(sid), hosts);
  return principals[0]!;
}

describe('what a principal is', () => {
  test('nobody: the SID of an account that is gone, of another domain, of no domain at all', async () => {
    const { directory } = await domain();
    expect(await principalOf(directory, `${domainSid}-9999`)).toEqual({
      sid: `${domainSid}-9999`,
      name: null,
      kind: 'orphaned',
    });
    expect(await principalOf(directory, elsewhere)).toMatchObject({ name: null, kind: 'foreign' });
    expect(await principalOf(directory, 'S-1-9-77')).toMatchObject({ name: null, kind: 'unknown' });
  });

  test('a foreign security principal is of another domain, though it has an object here', async () => {
    const { store, directory } = await domain();
    await add(store, childDn('CN', elsewhere, foreigners), 'foreignSecurityPrincipal', {
      objectSid: [sidOctets(elsewhere)],
    });
    expect(await principalOf(directory, elsewhere)).toEqual({ sid: elsewhere, name: null, kind: 'foreign' });
  });

  test.each([
    [everyone, 'Everyone', 'every host', null],
    [authenticatedUsers, 'Authenticated Users', 'every host', null],
    ['S-1-5-9', 'ENTERPRISE DOMAIN CONTROLLERS', 'no host', null],
    ['S-1-5-10', 'SELF', 'no host', null],
    ['S-1-5-7', 'ANONYMOUS LOGON', 'no host', 0],
  ])('%s means the same everywhere: %s, %s', async (sid, name, which, others) => {
    const { store, directory } = await domain();
    const web01 = await computer(store, 'WEB01');
    const found = await principalOf(directory, sid, [web01]);
    const hosts = which === 'every host' ? [web01] : [];
    expect(found).toMatchObject({ sid, name, kind: 'well-known', leadsTo: { hosts, others, names: [] } });
  });

  test('a computer, a user, a group: by the name of its account', async () => {
    const { store, directory } = await domain();
    const [web01, nobody] = [await computer(store, 'WEB01'), await group(store, 'Nobody')];
    const { principals } = await withPrincipalNames(directory, dmsaWith(web01, nobody, `${domainSid}-500`));
    expect(principals.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual([
      'Administrator user',
      'Nobody group',
      'WEB01$ computer',
    ]);
    expect(principals.find(({ sid }) => sid === web01)).toEqual({
      sid: web01,
      name: 'WEB01$',
      kind: 'computer',
    });
  });
});

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

describe('which hosts are let in', () => {
  async function twoHosts() {
    const world = await domain();
    const [web01, web02] = [await computer(world.store, 'WEB01'), await computer(world.store, 'WEB02')];
    const servers = await group(world.store, 'Servers', ['WEB01']);
    return { ...world, web01, web02, servers, hosts: [web01, web02] };
  }

  test('none of those who are refused by a group before they are allowed themselves', async () => {
    const { directory, web01, web02, servers, hosts } = await twoHosts();
    const dmsa = dmsaWithAces(ace('deny', servers), ace('allow', web01), ace('allow', web02));
    const found = await withPrincipalNames(directory, dmsa, hosts);
    expect(found.hostsAllowed).toEqual([web02]);
    expect(found.hostsRefused).toEqual([{ sid: web01, by: servers }]);
    expect(found.principals.map(({ name }) => name).sort()).toEqual(['WEB01$', 'WEB02$']);
  });

  test('those who are refused only after they were allowed, against the canonical order', async () => {
    const { directory, web01, servers, hosts } = await twoHosts();
    const found = await withPrincipalNames(
      directory,
      dmsaWithAces(ace('allow', web01), ace('deny', servers)),
      hosts,
    );
    expect(found).toMatchObject({ hostsAllowed: [web01], hostsRefused: [] });
  });

  test('none by a grant on a condition, which is told with its name', async () => {
    const { directory, web01, hosts } = await twoHosts();
    const applicationData = Buffer.from('artx');
    const onCondition: Ace = { ...ace('allow', web01), kind: 'allow-callback', applicationData } as Ace;
    const found = await withPrincipalNames(directory, dmsaWithAces(onCondition), hosts);
    expect(found).toMatchObject({ hostsAllowed: [], hostsRefused: [] });
    expect(found.principals).toEqual([{ sid: web01, name: 'WEB01$', kind: 'computer', conditional: true }]);
  });

  test('members of a group and of a nested one, everyone by Everyone', async () => {
    const { store, directory, web01, web02, servers, hosts } = await twoHosts();
    await store.replace(dnOf('Servers'), { member: [dnOf('WEB01')] });
    expect((await withPrincipalNames(directory, dmsaWith(servers), hosts)).hostsAllowed).toEqual([web01]);
    expect((await withPrincipalNames(directory, dmsaWith(everyone), hosts)).hostsAllowed).toEqual(
      [web01, web02].sort(),
    );
  });

  test('without hosts nothing is said of hosts', async () => {
    const { directory, servers } = await twoHosts();
    const found = await withPrincipalNames(directory, dmsaWith(servers));
    expect(found).not.toHaveProperty('hostsAllowed');
    expect(found).not.toHaveProperty('hostsRefused');
  });
});

describe('the number of searches', () => {
  const searchesFor = async (world: Awaited<ReturnType<typeof domain>>, dmsa: DmsaFacts, hosts: string[]) => {
    const before = world.searches();
    const found = await withPrincipalNames(world.directory, dmsa, hosts);
    return { found, searches: world.searches() - before };
  };

  test('none for nobody, and none for SIDs that have no object', async () => {
    const world = await domain();
    expect((await searchesFor(world, dmsaWith(), [])).searches).toBe(0);
    expect((await searchesFor(world, dmsaWith(everyone, 'S-1-5-10'), [])).searches).toBe(0);
  });

  test('one for hosts that are principals themselves, as it is in most domains', async () => {
    const world = await domain();
    const hosts = [await computer(world.store, 'WEB01'), await computer(world.store, 'WEB02')];
    const { found, searches } = await searchesFor(world, dmsaWith(...hosts), hosts);
    expect(found.hostsAllowed).toEqual([...hosts].sort());
    expect(searches).toBe(1);
  });

  test('grows with the depth of groups and with pages of 500 answers, not with 5,000 computers in 50 groups', async () => {
    const world = await domain();
    const { store } = world;
    const sids: string[] = [];
    const groups: string[] = [];
    for (let number = 0; number < 50; number++) {
      const names = Array.from({ length: 100 }, (_, index) => `C${number}-${index}`);
      for (const name of names) {
        sids.push(`${domainSid}-${20_000 + sids.length}`);
        await store.add(dnOf(name), {
          objectClass: ['computer'],
          objectSid: [sidOctets(sids.at(-1)!)],
          sAMAccountName: [`${name}$`],
          userAccountControl: [String(uac.workstationTrustAccount)],
        });
      }
      groups.push(await group(store, `Group${number}`, names));
    }
    const top = await group(
      store,
      'Top',
      Array.from({ length: 50 }, (_, number) => `Group${number}`),
    );
    const hosts = sids.slice(0, 250);
    const { found, searches } = await searchesFor(world, dmsaWith(top), hosts);
    const { leadsTo } = found.principals[0]!;
    expect(leadsTo).toMatchObject({ others: 4_750 });
    expect(leadsTo?.hosts).toEqual([...hosts].sort());
    expect(found.hostsAllowed).toEqual([...hosts].sort());
    expect(JSON.stringify({ ...leadsTo, hosts: [] }).length).toBeLessThan(300);
    // The SID, the 50 groups, their 5,000 members in pages of 500: the last full one is followed by an empty one.
    expect(searches).toBe(1 + 1 + 11);
    const direct = await searchesFor(world, dmsaWith(...groups), hosts);
    expect(direct.searches).toBe(1 + 11);
  });
});
