import { describe, expect, test } from 'vitest';
import { isoToFileTime } from '../../../lab/formats/file-time.ts';

import { readDomain } from '../../../src/directory/read/read-domain.ts';
import { attribute, dmsaClass, neededInSchema } from '../../../src/directory/schema.ts';
import { baseDn, newStore, started } from '../../lab/ldap/fixture.ts';
import { directoryOf } from '../in-memory.ts';

const keysDn = `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,CN=Configuration,${baseDn}`;

async function domainOf(store = newStore()) {
  const { directory, searches } = await directoryOf(store);
  const before = searches();
  const domain = await readDomain(directory);
  return { ...domain, searches: searches() - before };
}

describe('the schema', () => {
  test('of an older forest lacks every name, and one that was half extended lacks some', async () => {
    const old = await domainOf(newStore(undefined, neededInSchema));
    expect(old).toMatchObject({ schemaLacks: [...neededInSchema].sort() });
    const half = await domainOf(newStore(undefined, [attribute.supersededByBackLink]));
    expect(half).toMatchObject({ schemaLacks: [attribute.supersededByBackLink] });
    expect(neededInSchema).toContain(dmsaClass);
  });

  test('of a forest of Windows Server 2025 lacks nothing', async () => {
    expect(await domainOf()).toMatchObject({ schemaLacks: [], searches: 5 });
  });
});

describe('KDS root keys', () => {
  const key = (id: string, useStart: string | null, created: string | null = useStart) => ({
    dn: `CN=${id},${keysDn}`,
    attributes: {
      objectClass: ['msKds-ProvRootKey'],
      ...(useStart && { 'msKds-UseStartTime': [isoToFileTime(useStart)] }),
      ...(created && { 'msKds-CreateTime': [isoToFileTime(created)] }),
    },
  });

  test('of a forest without the container, or with an empty one: there are none', async () => {
    const none = { kdsKeys: [], kdsEffectiveAt: null };
    expect(await domainOf()).toMatchObject(none);
    const store = newStore();
    await store.remove(keysDn);
    expect(await domainOf(store)).toMatchObject(none);
  });

  test('whose time may not be read have none, and alone decide nothing', async () => {
    const store = newStore();
    const { dn, attributes } = key('hidden', null);
    await store.add(dn, attributes);
    expect(await domainOf(store)).toMatchObject({
      kdsKeys: [{ id: 'hidden', effectiveAt: null, createdAt: null }],
      kdsEffectiveAt: null,
    });
  });

  test('are told with their times, and the earliest that has one decides', async () => {
    const store = newStore();
    const later = '2025-09-02T08:00:00.000Z';
    for (const { dn, attributes } of [
      key('a-hidden', null),
      key('b-later', later, started.toISOString()),
      key('c-first', started.toISOString()),
    ]) {
      await store.add(dn, attributes);
    }
    const { kdsKeys, kdsEffectiveAt } = await domainOf(store);
    expect(kdsEffectiveAt).toBe(started.toISOString());
    expect(kdsKeys).toEqual([
      { id: 'c-first', effectiveAt: started.toISOString(), createdAt: started.toISOString() },
      { id: 'b-later', effectiveAt: later, createdAt: started.toISOString() },
      { id: 'a-hidden', effectiveAt: null, createdAt: null },
    ]);
  });
});

describe('replication', () => {
  const neighbor = (name: string, lastSuccess: string) =>
    '<DS_REPL_NEIGHBOR>\n' +
    `<pszSourceDsaDN>CN=NTDS Settings,CN=${name},CN=Servers,CN=A,CN=Sites,CN=Configuration,${baseDn}</pszSourceDsaDN>\n` +
    `<ftimeLastSyncSuccess>${lastSuccess}</ftimeLastSyncSuccess>\n<dwLastSyncResult>1722</dwLastSyncResult>\n` +
    '<cNumConsecutiveSyncFailures>3</cNumConsecutiveSyncFailures>\n</DS_REPL_NEIGHBOR>\n\0';

  test('of which the DC says nothing, or nothing that is understood, is unknown', async () => {
    expect((await domainOf()).replication).toBeNull();
    const store = newStore();
    store.neighbors = () => ['<DS_REPL_NEIGHBOR/>', 'nonsense'];
    expect((await domainOf(store)).replication).toBeNull();
  });

  test('is told by partner', async () => {
    const store = newStore();
    store.neighbors = (dn) =>
      dn === baseDn ? [neighbor('DC3', '1601-01-01T00:00:00Z'), neighbor('DC2', '2025-09-01T07:59:59Z')] : [];
    expect((await domainOf(store)).replication).toEqual([
      { partner: 'DC2', lastSuccess: '2025-09-01T07:59:59.000Z', lastResult: 1722, failures: 3 },
      { partner: 'DC3', lastSuccess: null, lastResult: 1722, failures: 3 },
    ]);
  });
});
