import { expect, test } from 'vitest';

import { type Directory, withDirectory } from '../../../src/directory/directory.ts';
import { type FoundPair, readPair } from '../../../src/directory/read/read-pair.ts';
import { attribute } from '../../../src/directory/schema.ts';
import { accountDn, dmsaDn, type InLab, linked } from '../../activities/in-lab.ts';

const movedAccount = 'CN=svc-finance,OU=Retired,DC=lab,DC=example';
const movedDmsa = 'CN=dmsa-finance,OU=Retired,DC=lab,DC=example';

/** Reads the pair while somebody else works: `before` is done before the search of that number, counted from 1. */
async function readWhile(
  { deps, target }: InLab,
  before: Record<number, () => Promise<unknown>>,
): Promise<FoundPair & { searches: number }> {
  return await withDirectory(deps.connectDirectory, {}, async (directory) => {
    let searches = 0;
    const watched = {
      rootDse: () => directory.rootDse(),
      search: async (...args: Parameters<Directory['search']>) => {
        await before[++searches]?.();
        return await directory.search(...args);
      },
    } as Directory;
    return { ...(await readPair(watched, target)), searches };
  });
}

async function world(): Promise<InLab> {
  const made = await linked();
  await made.store.add('OU=Retired,DC=lab,DC=example', { objectClass: ['organizationalUnit'] });
  return made;
}

async function move({ store }: InLab, dn: string): Promise<void> {
  const newRdn = dn.slice(0, dn.indexOf(','));
  await store.rename(dn, { newRdn, deleteOldRdn: true, newSuperior: 'OU=Retired,DC=lab,DC=example' });
}

test('two objects that point at each other are two searches', async () => {
  expect(await readWhile(await world(), {})).toMatchObject({
    account: { dn: accountDn, supersededBy: dmsaDn },
    dmsa: { dn: dmsaDn, precededBy: accountDn },
    searches: 2,
  });
});

test('an object that is moved between the two searches is read where it is, with the links that it has there', async () => {
  const one = await world();
  expect(await readWhile(one, { 2: () => move(one, accountDn) })).toMatchObject({
    account: { dn: movedAccount, supersededBy: dmsaDn },
    dmsa: { dn: dmsaDn, precededBy: movedAccount },
  });
  const other = await world();
  expect(await readWhile(other, { 2: () => move(other, dmsaDn) })).toMatchObject({
    account: { dn: accountDn, supersededBy: movedDmsa },
    dmsa: { dn: movedDmsa, precededBy: accountDn },
  });
  const both = await world();
  const moves = {
    2: () => move(both, accountDn),
    3: () => move(both, dmsaDn),
  };
  expect(await readWhile(both, moves)).toMatchObject({
    account: { dn: movedAccount, supersededBy: movedDmsa },
    dmsa: { dn: movedDmsa, precededBy: movedAccount },
  });
});

test('a link that is one-sided stays it, after one search more', async () => {
  const made = await world();
  await made.store.replace(accountDn, { [attribute.supersededBy]: [] });
  expect(await readWhile(made, {})).toMatchObject({
    account: { supersededBy: null },
    dmsa: { precededBy: accountDn },
    searches: 3,
  });
});
