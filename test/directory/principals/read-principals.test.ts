import { describe, expect, test } from 'vitest';
import { encodeSecurityDescriptor } from '../../../lab/formats/security-descriptor.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { withPrincipalNames } from '../../../src/directory/principals/read-principals.ts';
import { uac } from '../../../src/directory/schema.ts';
import { type Ace, right } from '../../../src/directory/security/ace.ts';
import { sidOctets } from '../../../src/directory/sid.ts';
import type { DmsaFacts } from '../../../src/domain/facts/facts.ts';
import { domainSid } from '../../lab/ldap/fixture.ts';
import {
  add,
  computer,
  dmsaOf,
  dmsaWith,
  dnOf,
  domain,
  elsewhere,
  foreigners,
  group,
  principalOf,
} from './dmsa-in-domain.ts';

const everyone = 'S-1-1-0';
const authenticatedUsers = 'S-1-5-11';
const ace = (kind: 'allow' | 'deny', sid: string): Ace => ({ kind, flags: 0, mask: right.fullControl, sid });

function dmsaWithAces(...aces: Ace[]): DmsaFacts {
  const dacl = { revision: 4, aces };
  return dmsaOf(encodeSecurityDescriptor({ control: 0, owner: null, group: null, dacl, sacl: null }));
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
