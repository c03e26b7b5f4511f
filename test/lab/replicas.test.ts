import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../../lab/directory/memory-store.ts';
import { Replication } from '../../lab/replicas.ts';
import { integer, octets, text, texts } from '../../src/directory/entry.ts';
import { sidText } from '../../src/directory/sid.ts';
import { baseDn, domainSid } from './ldap/fixture.ts';
import { container, dc1, dc2, managed, started } from './two-controllers.ts';

const users = `CN=Users,${baseDn}`;

/** Two stores of one domain that replicate when they are told to. */
function twoStores() {
  const options = { baseDn, netbiosName: 'LAB', domainSid, now: () => started };
  const one = new MemoryStore({ ...options, dnsHostName: dc1 });
  const two = new MemoryStore({ ...options, dnsHostName: dc2, partner: one, firstRid: 1603 });
  const replication = new Replication(() => started);
  replication.automatic = false;
  replication.add({ name: dc1, store: one, isUp: () => true });
  replication.add({ name: dc2, store: two, isUp: () => true });
  return { one, two, replication };
}

/** Everything a DC would tell of its domain, but for what each keeps by itself. */
async function told(store: MemoryStore) {
  const all = { kind: 'present', attribute: 'objectClass' } as const;
  const entries = await store.search(baseDn, 'sub', all, { showDeleted: true });
  const own = new Set(['whenchanged', 'usnchanged', 'usncreated']);
  return entries
    .map(({ dn, attributes }) => {
      const shared = Object.entries(attributes).filter(([name]) => !own.has(name.toLowerCase()));
      return [dn, Object.fromEntries(shared.map(([name, list]) => [name, list.map(String).sort()]))] as const;
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('two stores of one domain', () => {
  test('know nothing of each other’s writes until they replicate', async () => {
    const { one, two, replication } = twoStores();
    await one.add(`CN=a,${users}`, container);
    await two.add(`CN=b,${users}`, container);
    expect(await two.read(`CN=a,${users}`)).toBeNull();
    expect(await one.read(`CN=b,${users}`)).toBeNull();
    replication.replicate();
    expect((await two.read(`CN=a,${users}`))!.dn).toBe(`CN=a,${users}`);
    expect((await one.read(`CN=b,${users}`))!.dn).toBe(`CN=b,${users}`);
  });

  test('know at once where nobody says otherwise', async () => {
    const { one, two, replication } = twoStores();
    replication.automatic = true;
    await one.add(`CN=a,${users}`, container);
    expect(await two.read(`CN=a,${users}`)).not.toBeNull();
    await two.remove(`CN=a,${users}`);
    expect(await one.read(`CN=a,${users}`)).toBeNull();
  });

  test('count their updates apart, and give out SIDs of their own', async () => {
    const { one, two, replication } = twoStores();
    const updates = two.updates;
    await one.add(`CN=a,${users}`, { objectClass: ['user'], sAMAccountName: ['a'] });
    await two.add(`CN=b,${users}`, { objectClass: ['user'], sAMAccountName: ['b'] });
    expect(two.updates).toBe(updates + 1);
    replication.replicate();
    expect(two.updates).toBe(updates + 2);
    const sid = async (store: MemoryStore, name: string) =>
      sidText(octets((await store.read(`CN=${name},${users}`))!, 'objectSid')!);
    expect(await sid(two, 'a')).toBe(`${domainSid}-1103`);
    expect(await sid(one, 'b')).toBe(`${domainSid}-1603`);
    expect(integer((await two.read(`CN=a,${users}`))!, 'uSNChanged')).toBe(updates + 2);
  });

  test.each([
    ['one', 'two'],
    ['two', 'one'],
  ] as const)('the last write of an object wins, made on %s and then on %s', async (first, last) => {
    const { replication, ...stores } = twoStores();
    await stores.one.add(`CN=a,${users}`, container);
    replication.replicate();
    await stores[first].replace(`CN=a,${users}`, { description: ['first'] });
    await stores[last].replace(`CN=a,${users}`, { description: ['last'] });
    replication.replicate();
    for (const store of [stores.one, stores.two])
      expect(text((await store.read(`CN=a,${users}`))!, 'description')).toBe('last');
  });

  test('of two objects of one name the older write loses its name, and both DCs agree', async () => {
    const { one, two, replication } = twoStores();
    await two.add(`CN=a,${users}`, { ...container, description: ['older'] });
    await one.add(`CN=a,${users}`, { ...container, description: ['newer'] });
    replication.replicate();
    expect(await told(two)).toEqual(await told(one));
    expect(text((await two.read(`CN=a,${users}`))!, 'description')).toBe('newer');
    const names = (await two.find(users, 'description', 'older')).map((entry) => text(entry, 'cn'));
    expect(names).toEqual([expect.stringMatching(/^a\nCNF:[0-9a-f-]{36}$/)]);
  });

  test('renames and deletions replicate; links follow their targets there too', async () => {
    const { one, two, replication } = twoStores();
    for (const name of ['a', 'b'])
      await one.add(`CN=${name},${users}`, { objectClass: ['user'], sAMAccountName: [name] });
    await one.add(`CN=g,${users}`, {
      objectClass: ['group'],
      sAMAccountName: ['g'],
      member: [`CN=a,${users}`, `CN=b,${users}`],
    });
    replication.replicate();
    await one.rename(`CN=a,${users}`, { newRdn: 'CN=moved', deleteOldRdn: true, newSuperior: managed });
    await two.remove(`CN=b,${users}`);
    replication.replicate();
    expect(await told(two)).toEqual(await told(one));
    expect(texts((await two.read(`CN=g,${users}`))!, 'member')).toEqual([`CN=moved,${managed}`]);
    expect(texts((await two.read(`CN=moved,${managed}`))!, 'memberOf')).toEqual([`CN=g,${users}`]);
    expect(await two.read(`CN=b,${users}`)).toBeNull();
  });

  test('names may change hands between two replications', async () => {
    const { one, two, replication } = twoStores();
    for (const name of ['a', 'b'])
      await one.add(`CN=${name},${users}`, { ...container, description: [name] });
    replication.replicate();
    for (const [from, to] of ['ac', 'ba', 'cb'])
      await one.rename(`CN=${from},${users}`, { newRdn: `CN=${to}`, deleteOldRdn: true, newSuperior: null });
    replication.replicate();
    expect(await told(two)).toEqual(await told(one));
    expect(text((await two.read(`CN=a,${users}`))!, 'description')).toBe('b');
  });

  test('agree in the end, whatever was written on either', async () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const step = fc.record({
      on: fc.constantFrom('one', 'two'),
      what: fc.constantFrom('add', 'describe', 'remove', 'rename', 'link', 'replicate'),
      name,
      other: name,
    });
    const run = async (steps: (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
      const { replication, ...stores } = twoStores();
      for (const { on, what, name, other } of steps) {
        const store = stores[on as 'one' | 'two'];
        const dn = `CN=${name},${users}`;
        const attempts: Record<string, () => unknown> = {
          add: () => store.add(dn, { objectClass: ['group'], sAMAccountName: [`${name}${store.updates}`] }),
          describe: () => store.replace(dn, { description: [other] }),
          remove: () => store.remove(dn),
          rename: () => store.rename(dn, { newRdn: `CN=${other}`, deleteOldRdn: true, newSuperior: null }),
          link: () => store.replace(dn, { member: [`CN=${other},${users}`] }),
          replicate: () => replication.replicate(),
        };
        // What is refused on one DC is no write.
        await Promise.resolve(attempts[what]!()).catch(() => undefined);
      }
      replication.replicate();
      return [await told(stores.one), await told(stores.two)];
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const [one, two] = await run(steps);
        expect(two).toEqual(one);
      }),
      { numRuns: 30 },
    );
  });
});
