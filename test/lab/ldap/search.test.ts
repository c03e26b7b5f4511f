import { Control } from 'ldapts';
import { describe, expect, test } from 'vitest';
import { element, integerElement } from '../../../lab/ldap/ber.ts';
import { sdFlagsControl } from '../../../lab/ldap/search.ts';
import { decodeSecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';
import { account, baseDn, clientOf, newStore, refused, serve, storeWithAccount, users } from './fixture.ts';

/** A container that a new domain has, and that nothing is in. */
const empty = `CN=Program Data,${baseDn}`;

/** SD flags as ldapts has no class for: SEQUENCE of one INTEGER. */
class SdFlags extends Control {
  readonly #value: Buffer;

  constructor(value: Buffer) {
    super(sdFlagsControl, { critical: true });
    this.#value = value;
  }

  override writeControl(writer: { writeBuffer(value: Buffer, tag: number): void }): void {
    writer.writeBuffer(this.#value, 0x04);
  }
}

const sdFlags = (flags: number) => new SdFlags(element(0x30, integerElement(0x02, flags)));

describe('searching', () => {
  test('a base that is not there is 32 with the nearest that is', async () => {
    const client = await clientOf(await serve());
    const error = await refused(client.search(`CN=a,CN=b,${users}`));
    expect(error.code).toBe(32);
    expect(error.message).toContain(
      `00002030: NameErr: DSID-00000000, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'${users}'`,
    );
    expect((await refused(client.search('nonsense'))).code).toBe(34);
  });

  test('gives what is asked for: all but the descriptor, some, or none', async () => {
    const client = await clientOf(await serve(await storeWithAccount()));
    const read = async (attributes: string[], control?: Control) =>
      (await client.search(account, { scope: 'base', attributes }, control)).searchEntries[0]!;
    const all = await read([]);
    expect(all).toMatchObject({
      cn: 'svc',
      sAMAccountName: 'svc',
      objectClass: expect.arrayContaining(['user']),
    });
    expect(all).not.toHaveProperty('nTSecurityDescriptor');
    expect(await read(['*'])).toEqual({ ...all, '*': [] });
    expect(Object.keys(await read(['*', 'ntsecuritydescriptor']))).toContain('nTSecurityDescriptor');
    expect(Object.keys(await read(['*'], sdFlags(4)))).toContain('nTSecurityDescriptor');
    expect(await read(['SAMACCOUNTNAME', 'nothing'])).toEqual({
      dn: account,
      sAMAccountName: 'svc',
      nothing: [],
    });
    expect(await read(['1.1'])).toEqual({ dn: account, '1.1': [] });
    const typesOnly = await client.search(account, {
      scope: 'base',
      attributes: ['cn'],
      returnAttributeValues: false,
    });
    expect(typesOnly.searchEntries).toEqual([{ dn: account, cn: [] }]);
  });

  test('gives the parts of the descriptor that the SD flags name', async () => {
    const client = await clientOf(await serve());
    const parts = async (flags: number) => {
      const { searchEntries } = await client.search(
        baseDn,
        {
          scope: 'base',
          attributes: ['nTSecurityDescriptor'],
          explicitBufferAttributes: ['nTSecurityDescriptor'],
        },
        sdFlags(flags),
      );
      const { owner, group, dacl } = decodeSecurityDescriptor(
        searchEntries[0]!.nTSecurityDescriptor as Buffer,
      );
      return [owner !== null, group !== null, dacl !== null];
    };
    expect(await parts(1)).toEqual([true, false, false]);
    expect(await parts(2)).toEqual([false, true, false]);
    expect(await parts(4)).toEqual([false, false, true]);
    expect(await parts(7)).toEqual([true, true, true]);
    expect(await parts(0)).toEqual([true, true, true]);
  });

  test('a control that is malformed or unknown and critical is refused, the connection goes on', async () => {
    const client = await clientOf(await serve());
    const search = (control: Control) =>
      client.search(baseDn, { scope: 'base', attributes: ['nTSecurityDescriptor'] }, control);
    expect((await refused(search(new SdFlags(Buffer.from('x'))))).message).toContain(
      'Error processing control',
    );
    expect((await refused(search(new Control('1.2.3.4', { critical: true })))).code).toBe(12);
    expect((await search(new Control('1.2.3.4'))).searchEntries).toHaveLength(1);
  });

  test('stops at the size limit, and at a thousand entries without pages', async () => {
    const store = newStore();
    const many = Array.from({ length: 1_001 }, (_, index) => `CN=c${index},${empty}`);
    for (const dn of many) await store.add(dn, { objectClass: ['container'] });
    const client = await clientOf(await serve(store));
    const limited = await client.search(empty, { scope: 'one', sizeLimit: 5, attributes: ['cn'] });
    expect(limited.searchEntries.map(({ cn }) => cn)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    expect((await refused(client.search(empty, { scope: 'one', attributes: ['cn'] }))).code).toBe(4);
    const paged = await client.search(empty, { scope: 'one', attributes: ['cn'], paged: { pageSize: 300 } });
    expect(paged.searchEntries.map(({ dn }) => dn)).toEqual(many);
  });

  test('pages are of the moment the search began', async () => {
    const store = newStore();
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await store.add(`CN=${name},${empty}`, { objectClass: ['container'] });
    const server = await serve(store);
    const client = await clientOf(server);
    const pages: unknown[][] = [];
    for await (const { searchEntries } of client.searchPaginated(empty, {
      scope: 'one',
      paged: { pageSize: 2 },
    })) {
      pages.push(searchEntries.map(({ cn }) => cn));
      if (pages.length === 1) await store.remove(`CN=d,${empty}`);
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(server.counts.search).toBe(3);
  });
});
