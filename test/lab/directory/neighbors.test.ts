import { describe, expect, onTestFinished, test } from 'vitest';
import { startLab } from '../../../lab/lab.ts';
import { connectDirectory } from '../../../src/directory/connection/connection.ts';
import { text, texts } from '../../../src/directory/entry.ts';
import { parseNeighbor } from '../../../src/directory/read/replication-xml.ts';
import { baseDn } from '../ldap/fixture.ts';
import { dc1, dc2, labOfTwo, started } from '../two-controllers.ts';

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
