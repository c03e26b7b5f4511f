import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { named } from '../../lab/controllers.ts';
import { MemoryStore } from '../../lab/directory/memory-store.ts';
import { managementOperations } from '../../lab/hosts/operations.ts';
import { startLab } from '../../lab/lab.ts';
import { Replication } from '../../lab/replicas.ts';
import { defaultTopology, twoControllers } from '../../lab/topology.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import { integer, octets, text, texts, values } from '../../src/directory/entry.ts';
import { parseNeighbor } from '../../src/directory/read/replication-xml.ts';
import { attribute } from '../../src/directory/schema.ts';
import { sidText } from '../../src/directory/sid.ts';
import { baseDn, domainSid } from './ldap/fixture.ts';

const dc1 = 'dc1.lab.example';
const dc2 = 'dc2.lab.example';
const users = `CN=Users,${baseDn}`;
const managed = `CN=Managed Service Accounts,${baseDn}`;
const container = { objectClass: ['container'] };
const started = new Date('2025-06-01T08:00:00.000Z');

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

async function labOfTwo() {
  const clock = { now: started };
  const topology = { ...defaultTopology({ restartMs: 0 }), controllers: twoControllers() };
  const lab = await startLab({ topology, clock: () => clock.now });
  onTestFinished(() => lab.close());
  const cmdlet = managementOperations(
    (server) => named(Object.values(lab.controllers), server),
    'LAB\\dmsa-worker',
    () => clock.now,
  );
  const connect = connectDirectory(lab.settings.directory, lab.settings.hosts);
  return { lab, clock, cmdlet, connect, replication: lab.replication! };
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

describe('two domain controllers that answer', () => {
  test('have URLs and names of their own, and what the lab was seeded with', async () => {
    const { lab, connect } = await labOfTwo();
    expect(lab.settings.directory.urls).toEqual([`ldaps://${dc1}:636`, `ldaps://${dc2}:636`]);
    for (const name of [dc1, dc2]) {
      const directory = await connect({ only: name });
      expect(directory.rootDse().dc).toBe(name);
      expect(text((await directory.read(lab.seeded.accountDn, ['cn']))!, 'cn')).toBe('svc-finance');
      await directory.close();
    }
    expect(lab.controllers[dc2]!.counts()).toMatchObject({ connection: 1, bind: 1 });
    expect(lab.counts().ldap).toMatchObject({ connection: 2, bind: 2 });
  });

  test('one that is down is passed over, and has caught up when it is back on its port', async () => {
    const { lab, connect } = await labOfTwo();
    await lab.controllers[dc1]!.stop();
    await expect(connect({ only: dc1 })).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' });
    const other = await connect({ prefer: dc1 });
    expect(other.rootDse().dc).toBe(dc2);
    await other.close();
    await lab.controllers[dc2]!.store.replace(lab.seeded.accountDn, { description: ['meanwhile'] });
    await lab.controllers[dc1]!.start();
    const again = await connect({ only: dc1 });
    expect(text((await again.read(lab.seeded.accountDn, ['description']))!, 'description')).toBe('meanwhile');
    await again.close();
  });

  test('a cmdlet acts on the DC that it names, which logs it; the other learns of it later', async () => {
    const { lab, cmdlet, replication } = await labOfTwo();
    replication.automatic = false;
    const [account, dmsa] = [lab.seeded.accountDn, `CN=dmsa-finance,${managed}`];
    const creation = { name: 'dmsa-finance', dnsHostName: 'd.lab.example', container: managed };
    await cmdlet('new-dmsa', { ...creation, description: 'mine', server: dc2 }, null);
    await cmdlet('start-migration', { dmsa, account, server: dc2 }, null);
    const onDc1 = cmdlet('start-migration', { dmsa, account, server: dc1 }, null);
    await expect(onDc1).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await lab.dc.store.read(dmsa)).toBeNull();
    replication.replicate();
    expect(integer((await lab.dc.store.read(account))!, attribute.accountState)).toBe(1);
    const events = { dmsa, account, since: '2025-06-01T00:00:00Z' };
    expect(await cmdlet('read-migration-events', { ...events, server: dc2 }, null)).toMatchObject({
      events: [{ operation: 'START-MIGRATION', errorCode: '0' }],
    });
    expect(await cmdlet('read-migration-events', { ...events, server: dc1 }, null)).toMatchObject({
      events: [{ operation: 'START-MIGRATION', errorCode: '5' }],
    });
  });

  test('a cmdlet is refused by a DC that is down or unknown; what one completed another undoes', async () => {
    const { lab, cmdlet } = await labOfTwo();
    const target = { dmsa: `CN=dmsa-finance,${managed}`, account: lab.seeded.accountDn };
    const creation = { name: 'dmsa-finance', dnsHostName: 'd.lab.example', container: managed };
    await cmdlet('new-dmsa', { ...creation, description: 'mine', server: dc1 }, null);
    await cmdlet('start-migration', { ...target, server: dc1 }, null);
    await cmdlet('complete-migration', { ...target, server: dc1 }, null);
    await lab.controllers[dc1]!.stop();
    for (const server of [dc1, 'dc9.lab.example'])
      await expect(cmdlet('undo-migration', { ...target, server }, null)).rejects.toMatchObject({
        code: 'RPC_UNAVAILABLE',
        category: 'ResourceUnavailable',
        target: server,
      });
    await cmdlet('undo-migration', { ...target, server: dc2 }, null);
    const account = await lab.controllers[dc2]!.store.read(target.account);
    expect(integer(account!, attribute.accountState)).toBe(1);
    expect(values(account!, attribute.servicePrincipalName)).toHaveLength(2);
  });

  test('a host logs on at dc1 unless that is down, and at none where both are', async () => {
    const { lab, cmdlet } = await labOfTwo();
    const target = { dmsa: `CN=dmsa-finance,${managed}`, account: lab.seeded.accountDn, server: dc1 };
    const creation = { name: 'dmsa-finance', dnsHostName: 'd.lab.example', container: managed };
    await cmdlet('new-dmsa', { ...creation, description: 'mine', server: dc1 }, null);
    await cmdlet('start-migration', target, null);
    const [host] = lab.hosts;
    host!.set({ policy: { value: 1, keyExists: true }, eventLogEnabled: true });
    const restart = async () => {
      const { events } = await host!.restart({
        services: ['FinanceApi'],
        pools: [],
        checks: [],
        startStopped: true,
        unlessStartedSince: null,
        eventsSince: '2025-01-01T00:00:00Z',
        sentAt: started.toISOString(),
        timeoutSeconds: 10,
      });
      return events.filter(({ id }) => id === 308).map(({ fields }) => fields['DC Used']);
    };
    expect(await restart()).toEqual(['\\\\DC1']);
    await lab.controllers[dc1]!.stop();
    expect(await restart()).toEqual(['\\\\DC1', '\\\\DC2']);
    await lab.controllers[dc2]!.stop();
    await expect(restart()).rejects.toMatchObject({ code: 'SERVICE_LOGON_FAILED' });
  });
});

describe('what a DC knows of its partners', () => {
  async function neighborsOf(
    { connect }: Pick<Awaited<ReturnType<typeof labOfTwo>>, 'connect'>,
    name: string,
  ) {
    const directory = await connect({ only: name });
    const head = await directory.read(baseDn, ['msDS-NCReplInboundNeighbors']);
    await directory.close();
    return texts(head!, 'msDS-NCReplInboundNeighbors');
  }

  test('comes only where it is asked for by name, and a DC without partners knows of none', async () => {
    const world = await labOfTwo();
    const directory = await world.connect({ only: dc1 });
    expect(texts((await directory.read(baseDn, ['*']))!, 'msDS-NCReplInboundNeighbors')).toEqual([]);
    await directory.close();
    expect(await neighborsOf(world, dc1)).toHaveLength(1);
    const alone = await startLab({ clock: () => started });
    onTestFinished(() => alone.close());
    const connect = connectDirectory(alone.settings.directory, alone.settings.hosts);
    expect(await neighborsOf({ connect }, dc1)).toEqual([]);
  });

  test('has every field of DS_REPL_NEIGHBORW in order', async () => {
    const world = await labOfTwo();
    const [xml] = await neighborsOf(world, dc2);
    expect([...xml!.matchAll(/<(\w+)>/g)].map(([, name]) => name)).toEqual([
      'DS_REPL_NEIGHBOR',
      'pszNamingContext',
      'pszSourceDsaDN',
      'pszSourceDsaAddress',
      'pszAsyncIntersiteTransportDN',
      'dwReplicaFlags',
      'dwReserved',
      'uuidNamingContextObjGuid',
      'uuidSourceDsaObjGuid',
      'uuidSourceDsaInvocationID',
      'uuidAsyncIntersiteTransportObjGuid',
      'usnLastObjChangeSynced',
      'usnAttributeFilter',
      'ftimeLastSyncSuccess',
      'ftimeLastSyncAttempt',
      'dwLastSyncResult',
      'cNumConsecutiveSyncFailures',
    ]);
    const site = 'CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=lab,DC=example';
    expect(xml).toContain(`<pszSourceDsaDN>CN=NTDS Settings,CN=DC1,CN=Servers,${site}</pszSourceDsaDN>`);
    expect(xml).toContain('<ftimeLastSyncSuccess>2025-06-01T08:00:00Z</ftimeLastSyncSuccess>');
  });

  test('tells when it last succeeded, and that it fails while replication is broken', async () => {
    const world = await labOfTwo();
    const { lab, clock, replication } = world;
    clock.now = new Date('2025-06-03T08:00:00Z');
    const read = async () => (await neighborsOf(world, dc2)).map(parseNeighbor);
    const lastSuccess = '2025-06-03T08:00:00.000Z';
    expect(await read()).toEqual([{ partner: 'DC1', lastSuccess, lastResult: 0, failures: 0 }]);
    replication.break(new Date('2025-06-02T00:00:00Z'));
    await lab.dc.store.replace(lab.seeded.accountDn, { description: ['unheard of'] });
    expect(text((await lab.controllers[dc2]!.store.read(lab.seeded.accountDn))!, 'description')).toBeNull();
    const [broken] = await read();
    expect(broken).toMatchObject({ lastSuccess: '2025-06-02T00:00:00.000Z', lastResult: 1722 });
    expect(broken!.failures).toBeGreaterThan(1);
    replication.mend();
    expect(await read()).toEqual([{ partner: 'DC1', lastSuccess, lastResult: 0, failures: 0 }]);
    expect(text((await lab.controllers[dc2]!.store.read(lab.seeded.accountDn))!, 'description')).toBe(
      'unheard of',
    );
  });
});
