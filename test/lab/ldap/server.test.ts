import { once } from 'node:events';
import { connect } from 'node:net';
import { Attribute, Change, Client, Control, type ResultCodeError } from 'ldapts';
import { describe, expect, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { element, integerElement } from '../../../lab/ldap/ber.ts';
import { sdFlagsControl } from '../../../lab/ldap/search.ts';
import type { Fault } from '../../../lab/ldap/server.ts';
import { decodeSecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';
import { admin, baseDn, clientOf, dc, newStore, secureSocket, serve } from './fixture.ts';

const users = `CN=Users,${baseDn}`;
/** A container that a new domain has, and that nothing is in. */
const empty = `CN=Program Data,${baseDn}`;
const account = `CN=svc,${users}`;

async function storeWithAccount(): Promise<MemoryStore> {
  const store = newStore();
  await store.add(account, { objectClass: ['user'], sAMAccountName: ['svc'], description: ['old'] });
  return store;
}

async function refused(operation: Promise<unknown>): Promise<ResultCodeError> {
  return (await operation.then(
    () => {
      throw new Error('it was not refused');
    },
    (error) => error,
  )) as ResultCodeError;
}

const replace = (type: string, ...values: string[]) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values }) });

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

describe('binding', () => {
  test('a wrong password, a wrong user and SASL are refused as AD words it', async () => {
    const client = await clientOf(await serve(), false);
    for (const [user, password] of [
      [admin.user, 'wrong'],
      ['nobody@lab.example', admin.password],
    ]) {
      const error = await refused(client.bind(user!, password));
      expect(error.code).toBe(49);
      expect(error.message).toContain(
        '80090308: LdapErr: DSID-00000000, comment: AcceptSecurityContext error, data 52e',
      );
    }
    expect((await refused(client.bind('DIGEST-MD5'))).code).toBe(7);
  });

  test('before it nothing but the rootDSE can be read, and nothing written', async () => {
    const store = await storeWithAccount();
    const client = await clientOf(await serve(store), false);
    for (const operation of [
      () => client.search(baseDn),
      () => client.search('', { scope: 'sub' }),
      () => client.compare(account, 'cn', 'svc'),
      () => client.add(`CN=x,${users}`, { objectClass: 'user' }),
      () => client.modify(account, replace('description', 'new')),
      () => client.del(account),
    ]) {
      const error = await refused(operation());
      expect(error.code).toBe(1);
      expect(error.message).toContain('000004DC: LdapErr');
    }
    await client.bind('', '');
    expect((await refused(client.search(baseDn))).code).toBe(1);
    expect(await store.read(account)).not.toBeNull();
    const { searchEntries } = await client.search('', { scope: 'base' });
    expect(searchEntries[0]).toMatchObject({
      dn: '',
      defaultNamingContext: baseDn,
      rootDomainNamingContext: baseDn,
      configurationNamingContext: `CN=Configuration,${baseDn}`,
      schemaNamingContext: `CN=Schema,CN=Configuration,${baseDn}`,
      dnsHostName: dc,
      supportedLDAPVersion: '3',
      supportedControl: [
        '1.2.840.113556.1.4.319',
        '1.2.840.113556.1.4.801',
        '1.2.840.113556.1.4.417',
        '1.2.840.113556.1.4.1339',
      ],
    });
  });

  test('a failed bind ends the one before it', async () => {
    const client = await clientOf(await serve());
    await client.search(baseDn, { scope: 'base' });
    await refused(client.bind(admin.user, 'wrong'));
    expect((await refused(client.search(baseDn, { scope: 'base' }))).code).toBe(1);
  });

  test('the user is the same in any case, and a DN however it is escaped', async () => {
    const store = newStore();
    const server = await serve(store);
    const client = await clientOf(server, false);
    await client.bind('ADMIN@LAB.EXAMPLE', admin.password);
    expect(client.isBound).toBe(true);
  });
});

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

describe('writing', () => {
  test('what only the DC may write is refused', async () => {
    const store = await storeWithAccount();
    const client = await clientOf(await serve(store));
    for (const name of ['objectGUID', 'whenChanged', 'distinguishedName']) {
      const error = await refused(client.modify(account, replace(name, account)));
      expect(error.code).toBe(19);
      expect(error.message).toContain(`(${name})`);
    }
    expect((await refused(client.add(`CN=x,${users}`, { objectClass: 'user', objectSid: 'x' }))).code).toBe(
      19,
    );
  });

  test('an unknown operation on the rootDSE is 53, as 00002035', async () => {
    const client = await clientOf(await serve());
    const error = await refused(client.modify('', replace('migrateADServiceAccount', 'x')));
    expect(error.code).toBe(53);
    expect(error.message).toContain('00002035');
  });

  test('extended operations that it does not know are refused, and say so', async () => {
    const client = await clientOf(await serve());
    expect((await refused(client.exop('1.3.6.1.4.1.4203.1.11.1'))).message).toContain('0000203D');
  });

  test('adds, changes, compares and deletes, octets and letters beyond ASCII among them', async () => {
    const store = await storeWithAccount();
    const client = await clientOf(await serve(store));
    const dn = `CN=Bjørn\\, B,${users}`;
    await client.add(dn, [
      new Attribute({ type: 'objectClass', values: ['user'] }),
      new Attribute({ type: 'sAMAccountName', values: ['bjørn'] }),
      new Attribute({ type: 'jpegPhoto', values: [Buffer.from([0xff, 0xd8, 0x00])] }),
    ]);
    await client.modify(dn, [
      replace('description', 'Dienst für alles'),
      new Change({
        operation: 'add',
        modification: new Attribute({ type: 'servicePrincipalName', values: ['a/b', 'c/d'] }),
      }),
      new Change({
        operation: 'delete',
        modification: new Attribute({ type: 'servicePrincipalName', values: ['A/B'] }),
      }),
    ]);
    expect((await store.read(dn))?.attributes).toMatchObject({
      sAMAccountName: ['bjørn'],
      description: ['Dienst für alles'],
      servicePrincipalName: ['c/d'],
      jpegPhoto: [Buffer.from([0xff, 0xd8, 0x00])],
    });
    expect(await client.compare(dn, 'description', 'dienst FÜR alles')).toBe(true);
    expect(await client.compare(dn, 'description', 'x')).toBe(false);
    await client.del(dn);
    expect(await store.read(dn)).toBeNull();
  });

  test('a value of more than 64 KiB comes back as it went', async () => {
    const client = await clientOf(await serve(await storeWithAccount()));
    const long = 'äx'.repeat(100_000);
    await client.modify(account, replace('description', long));
    const { searchEntries } = await client.search(account, { scope: 'base', attributes: ['description'] });
    expect(searchEntries[0]?.description).toBe(long);
  });
});

describe('faults', () => {
  async function faulty(fault: Fault) {
    const store = await storeWithAccount();
    const seen: string[] = [];
    const server = await serve(store, {
      onOperation: (kind, dn) => {
        seen.push(`${kind} ${dn}`);
        return kind === 'modify' ? fault : null;
      },
    });
    const client = await clientOf(server);
    const failed = await client.modify(account, replace('description', 'new')).catch((error: Error) => error);
    const description = (await store.read(account))!.attributes.description;
    return { failed: failed as Error & { code?: number }, description, seen, server };
  }

  test('drop: the connection ends before the effect', async () => {
    const { failed, description, seen } = await faulty('drop');
    expect(failed.message).toContain('Connection closed before message response was received');
    expect(description).toEqual(['old']);
    expect(seen).toEqual([`bind ${admin.user}`, `modify ${account}`]);
  });

  test('drop-after: the connection ends after the effect, its answer is lost', async () => {
    const { failed, description } = await faulty('drop-after');
    expect(failed.message).toContain('Connection closed before message response was received');
    expect(description).toEqual(['new']);
  });

  test('busy: the operation is refused with 51', async () => {
    const { failed, description, server } = await faulty('busy');
    expect(failed.code).toBe(51);
    expect(failed.message).toContain('0000200E: SvcErr: DSID-00000000, problem 5001 (BUSY), data 0');
    expect(description).toEqual(['old']);
    expect(server.counts).toMatchObject({ connection: 1, bind: 1, modify: 1, search: 0 });
  });
});

describe('connections', () => {
  test('malformed octets end their own connection and no other', async () => {
    const server = await serve();
    const client = await clientOf(server);
    const socket = secureSocket(server.port);
    await once(socket, 'secureConnect');
    socket.end('GET / HTTP/1.1\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    expect((await client.search(baseDn, { scope: 'base' })).searchEntries).toHaveLength(1);
  });

  test('a message may come in pieces, and several at once', async () => {
    const server = await serve();
    const socket = secureSocket(server.port);
    await once(socket, 'secureConnect');
    const request = (id: number) =>
      element(0x30, integerElement(2, id), element(0x77, element(0x80, Buffer.from('1.2.3'))));
    for (const octet of request(1)) socket.write(Buffer.from([octet]));
    socket.write(Buffer.concat([request(2), request(3)]));
    let answered = Buffer.alloc(0);
    while (answered.toString('latin1').split('0000203D').length < 4) {
      answered = Buffer.concat([answered, ...(await once(socket, 'data'))]);
    }
    expect(server.counts.extended).toBe(3);
    socket.destroy();
  });

  test('closing ends connections that are open, idle or not yet secure', async () => {
    const server = await serve();
    const client = await clientOf(server);
    const raw = connect(server.port, '127.0.0.1');
    await once(raw, 'connect');
    const closed = once(raw.resume(), 'close');
    await server.close();
    await closed;
    await expect(client.search(baseDn)).rejects.toThrow();
    const late = new Client({
      url: 'ldaps://unused',
      createSecureConnection: () => secureSocket(server.port),
    });
    await expect(late.bind(admin.user, admin.password)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a fault of the lab itself is not hidden', async () => {
    const server = await serve(newStore(), {
      onOperation: (kind) => {
        if (kind === 'compare') throw new Error('a hook that fails');
        return null;
      },
    });
    const client = await clientOf(server);
    await expect(client.compare(baseDn, 'dc', 'lab')).rejects.toThrow();
    await expect(server.close()).rejects.toThrow('a hook that fails');
  });
});
