import { describe, expect, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { guidText } from '../../../src/directory/guid.ts';
import { readSpnHolders } from '../../../src/directory/read/read-spn-holders.ts';
import { goodAccount, goodDmsa } from '../../domain/facts/good-facts.ts';
import { baseDn, newStore } from '../../lab/ldap/fixture.ts';
import { directoryOf } from '../in-memory.ts';

const users = `CN=Users,${baseDn}`;

/** The lab refuses the same name on two objects, as a DC does: the pair's own names are told, not stored. */
async function holders(store: MemoryStore, accountNames: string[], dmsaNames: string[] | null) {
  const { directory, searches } = await directoryOf(store);
  const before = searches();
  const found = await readSpnHolders(directory, {
    account: goodAccount({ servicePrincipalNames: accountNames }),
    dmsa: dmsaNames && goodDmsa({ servicePrincipalNames: dmsaNames }),
  });
  return { found, searches: searches() - before };
}

async function storeWith(objects: Record<string, string[]>): Promise<MemoryStore> {
  const store = newStore();
  for (const [name, servicePrincipalName] of Object.entries(objects)) {
    await store.add(`CN=${name},${users}`, {
      objectClass: ['user'],
      sAMAccountName: [name],
      servicePrincipalName,
    });
  }
  return store;
}

describe('who else has a name of the pair', () => {
  test('nobody, without a search, where the pair has none', async () => {
    expect(await holders(newStore(), [], null)).toEqual({ found: [], searches: 0 });
  });

  test('nobody, where the names only begin or end like others', async () => {
    const store = await storeWith({ twin: ['HTTP/web.lab.example:8443', 'HTTP/we'] });
    expect((await holders(store, ['HTTP/web.lab.example', 'HTTP/web*', 'HTTP/(web)'], [])).found).toEqual([]);
  });

  test('others in any case, with the names that they share alone, by DN', async () => {
    const store = await storeWith({
      twin: ['http/WEB', 'HTTP/own', 'HTTP/a(b)*'],
      another: ['MSSQLSvc/web:1433'],
    });
    const { found } = await holders(store, ['HTTP/web', 'HTTP/a(b)*'], ['MSSQLSvc/web:1433']);
    expect(found).toEqual([
      { dn: `CN=another,${users}`, names: ['MSSQLSvc/web:1433'] },
      { dn: `CN=twin,${users}`, names: ['HTTP/a(b)*', 'http/WEB'] },
    ]);
  });

  test('not the two themselves: a name may be on its way from one to the other', async () => {
    const store = await storeWith({ own: ['HTTP/web'] });
    const { directory } = await directoryOf(store);
    const guid = guidText((await store.read(`CN=own,${users}`))!.attributes.objectGUID![0] as Buffer);
    const names = { servicePrincipalNames: ['HTTP/web'] };
    const asAccount = { account: goodAccount({ guid, ...names }), dmsa: null };
    const asDmsa = { account: goodAccount(names), dmsa: goodDmsa({ guid }) };
    expect(await readSpnHolders(directory, asAccount)).toEqual([]);
    expect(await readSpnHolders(directory, asDmsa)).toEqual([]);
  });

  test('one search for every 200 names, and a holder of names of two searches is told once', async () => {
    const names = Array.from({ length: 201 }, (_, index) => `HTTP/web${index}`);
    const store = await storeWith({ twin: [names[0]!, names[200]!] });
    expect(await holders(store, names, null)).toEqual({
      found: [{ dn: `CN=twin,${users}`, names: ['HTTP/web0', 'HTTP/web200'] }],
      searches: 2,
    });
    expect((await holders(newStore(), names.slice(1), names.slice(1))).searches).toBe(1);
  });
});
