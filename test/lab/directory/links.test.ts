import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { dnKey } from '../../../lab/directory/values.ts';
import { LdapFailure } from '../../../lab/store.ts';
import { childDn, normalDn, parentDn } from '../../../src/directory/dn.ts';
import { type Entry, text, texts } from '../../../src/directory/entry.ts';
import { baseDn, newStore } from '../ldap/fixture.ts';

const anything = { kind: 'present', attribute: 'objectClass' } as const;
const root = `OU=root,${baseDn}`;
const precededBy = 'msDS-ManagedAccountPrecededByLink';

/** One of the things that happen to a directory; numbers choose among what is there. */
const step = fc.record({
  what: fc.constantFrom('unit', 'user', 'group', 'member', 'manager', 'rename', 'move', 'delete'),
  first: fc.nat(1_000),
  second: fc.nat(1_000),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function all(store: MemoryStore): Promise<Entry[]> {
  return await store.search(root, 'sub', anything);
}

async function perform(store: MemoryStore, { what, first, second }: Step, number: number): Promise<void> {
  const entries = await all(store);
  const some = entries[first % entries.length]!.dn;
  const other = entries[second % entries.length]!.dn;
  const newSuperior = what === 'move' ? other : null;
  const classes = { unit: 'organizationalUnit', user: 'user', group: 'group' };
  const type = what === 'unit' || some.startsWith('OU') ? 'OU' : 'CN';
  try {
    if (what === 'member') {
      await store.modify(some, [{ operation: 'add', attribute: 'member', values: [other] }]);
    } else if (what === 'manager') await store.replace(some, { manager: [other] });
    else if (what === 'delete') await store.remove(some);
    else if (what === 'rename' || what === 'move') {
      await store.rename(some, {
        newRdn: `${type}=n, ${number}`.replace(',', '\\,'),
        deleteOldRdn: true,
        newSuperior,
      });
    } else {
      const name = what === 'unit' ? `OU=u${number}` : `CN=c${number}`;
      await store.add(`${name},${some}`, { objectClass: [classes[what]] });
    }
  } catch (error) {
    expect(error).toBeInstanceOf(LdapFailure);
  }
}

describe('whatever happens to a directory', () => {
  test('links lead to what is there, back links back, and every object is below another and found', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const store = newStore();
        await store.add(root, { objectClass: ['organizationalUnit'] });
        for (const [number, each] of steps.entries()) {
          await perform(store, each, number);
          if (!(await store.read(root))) await store.add(root, { objectClass: ['organizationalUnit'] });
        }
        await expectSound(store);
      }),
      { numRuns: 60 },
    );
  });
});

async function expectSound(store: MemoryStore): Promise<void> {
  const entries = await all(store);
  const pairs = (name: string) =>
    entries.flatMap((entry) => texts(entry, name).map((dn) => `${entry.dn} → ${dn}`));
  const turned = (name: string) =>
    entries.flatMap((entry) => texts(entry, name).map((dn) => `${dn} → ${entry.dn}`));
  expect(pairs('member').sort()).toEqual(turned('memberOf').sort());
  expect(pairs('manager').sort()).toEqual(turned('directReports').sort());
  const dns = new Set(entries.map(({ dn }) => dn));
  for (const entry of entries) {
    for (const dn of [...texts(entry, 'member'), ...texts(entry, 'manager')]) expect(dns).toContain(dn);
    expect(await store.read(parentDn(entry.dn))).not.toBeNull();
    expect(childDn(entry.dn.slice(0, 2), text(entry, 'name')!, parentDn(entry.dn))).toBe(entry.dn);
    expect((await store.find(baseDn, 'name', text(entry, 'name')!)).map(({ dn }) => dn)).toContain(entry.dn);
  }
}

describe('a rename in the middle of a migration', () => {
  test('of the account, of the dMSA and of the unit of both: both links follow, by whatever they are read', async () => {
    const store = newStore();
    const [account, dmsa] = [`CN=svc,${root}`, `CN=dsvc,${root}`];
    await store.add(root, { objectClass: ['organizationalUnit'] });
    await store.add(account, { objectClass: ['user'], sAMAccountName: ['svc'] });
    await store.add(dmsa, {
      objectClass: ['msDS-DelegatedManagedServiceAccount'],
      sAMAccountName: ['dsvc$'],
      [precededBy]: [account],
    });
    await store.replace(account, { 'msDS-SupersededManagedAccountLink': [dmsa] });
    const before = (await store.read(account))!;

    const move = (dn: string, newRdn: string, newSuperior: string | null = null) =>
      store.rename(dn, { newRdn, deleteOldRdn: true, newSuperior });
    await move(account, 'CN=svc\\, renamed');
    await move(dmsa, 'CN=dsvc2', `CN=Managed Service Accounts,${baseDn}`);
    await move(root, 'OU=other');

    const [account2, dmsa2] = [
      `CN=svc\\, renamed,OU=other,${baseDn}`,
      `CN=dsvc2,CN=Managed Service Accounts,${baseDn}`,
    ];
    const after = (await store.read(account2))!;
    expect(await store.read(account)).toBeNull();
    expect(text(after, 'sAMAccountName')).toBe('svc');
    expect(after.attributes.objectGUID).toEqual(before.attributes.objectGUID);
    expect(text(after, 'msDS-SupersededManagedAccountLink')).toBe(dmsa2);
    expect(text(after, `${precededBy}BL`)).toBe(dmsa2);
    expect(text((await store.read(dmsa2))!, precededBy)).toBe(account2);
    expect((await store.find(baseDn, precededBy, account2.toLowerCase())).map(({ dn }) => dn)).toEqual([
      dmsa2,
    ]);
  });
});

describe('the key of a DN', () => {
  test('is its normal form, whether that takes a look at each character or not', () => {
    const piece = fc.constantFrom(
      ...[
        'CN=',
        'ou=',
        'DC=',
        ',',
        ' ',
        'a',
        'B9',
        '_',
        '-',
        '.',
        '$',
        '\\,',
        '\\20',
        '#',
        'é',
        '=',
        '+',
        '\\',
        '"',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const dn = pieces.join('');
        expect(orNull(() => dnKey(dn))).toBe(orNull(() => normalDn(dn)));
      }),
      { numRuns: 3_000 },
    );
  });
});

function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
