import { describe, expect, onTestFinished, test } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { encodeEntry } from '../../../lab/ldap/responses.ts';
import type { Fault, LdapServer } from '../../../lab/ldap/server.ts';
import { connectDirectory } from '../../../src/directory/connection/connection.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { sidOf, texts } from '../../../src/directory/entry.ts';
import { equals } from '../../../src/directory/filters.ts';
import { readDmsa } from '../../../src/directory/read/read-account.ts';
import { attribute, dmsaClass } from '../../../src/directory/schema.ts';
import { sidOctets } from '../../../src/directory/sid.ts';
import { type DmsaError, type ErrorCode, errorKinds } from '../../../src/domain/errors/errors.ts';
import { baseDn, dc, domainSid, newStore, serve, settingsFor } from '../../lab/ldap/fixture.ts';
import { directoryWith, searchDone } from './scripted-server.ts';

const url = `ldaps://${dc}`;
const computers = `CN=Computers,${baseDn}`;
const hosts = ['fin01', 'fin02', 'fin03', 'fin04'];

async function storeOfHosts(): Promise<MemoryStore> {
  const store = newStore();
  for (const name of hosts) await store.add(childDn('CN', name, computers), { objectClass: ['computer'] });
  return store;
}

/** A lab server that has this fault in the first so many searches, those of its rootDSE aside. */
async function faulty(fault: Fault, times = Number.POSITIVE_INFINITY): Promise<LdapServer> {
  let left = times;
  return await serve(await storeOfHosts(), {
    onOperation: (kind, dn) => (kind === 'search' && dn !== '' && left-- > 0 ? fault : null),
  });
}

async function connectTo(server: LdapServer, operationTimeoutMs = 30_000): Promise<Directory> {
  const { settings, hosts: addresses } = await settingsFor(server.port);
  const directory = await connectDirectory(settings, addresses, { operationTimeoutMs })();
  onTestFinished(() => directory.close());
  return directory;
}

async function names(directory: Directory): Promise<string[]> {
  const filter = equals.text('objectClass', 'computer');
  const found = await directory.search(computers, { scope: 'sub', filter, attributes: ['cn'] });
  return found.flatMap((entry) => texts(entry, 'cn')).sort();
}

function changesOf({ counts }: LdapServer): number {
  return counts.add + counts.modify + counts.delete + counts.rename;
}

describe('each fault of a server is one error, and nothing changed', () => {
  const elsewhere = ['ldap://child.lab.example/DC=child,DC=lab,DC=example'];
  const offset = /at offset \d+$/;
  test.each<[string, Fault, ErrorCode, RegExp]>([
    ['busy', 'busy', 'DIRECTORY_BUSY', /problem 5001 \(BUSY\), data 0 \(LDAP 51\)$/],
    ['it stops in the middle', 'half-answer', 'DIRECTORY_ANSWER_INVALID', offset],
    ['it stops before', 'drop', 'DIRECTORY_UNREACHABLE', /SearchRequest|the connection was lost/],
    ['malformed BER', 'malformed', 'DIRECTORY_ANSWER_INVALID', offset],
    ['no answer', 'silent', 'DIRECTORY_TIMED_OUT', /Operation timed out$/],
    [
      'it takes its leave',
      'notice',
      'DIRECTORY_UNREACHABLE',
      /The server is about to shut down \(LDAP 52\)$/,
    ],
    ['a time limit', { code: 3, message: '' }, 'DIRECTORY_TIMED_OUT', /time limit .*\(LDAP 3\)$/],
    ['a size limit', { code: 4, message: '' }, 'DIRECTORY_LIMIT', /more entries .*\(LDAP 4\)$/],
    ['no encryption', { code: 8, message: '' }, 'DIRECTORY_REFUSED', /signed or encrypted .*\(LDAP 8\)$/],
    ['a referral', { code: 10, message: '', referrals: elsewhere }, 'DIRECTORY_REFERRAL', /DC=child,DC=lab/],
    ['a limit of the administrator', { code: 11, message: '' }, 'DIRECTORY_LIMIT', /\(LDAP 11\)$/],
    ['a plain connection', { code: 13, message: '' }, 'DIRECTORY_REFUSED', /encrypted .*\(LDAP 13\)$/],
    ['a full server', { code: 52, message: 'later' }, 'DIRECTORY_BUSY', /later \(LDAP 52\)$/],
    ['no right to read', { code: 50, message: 'no' }, 'ACCESS_DENIED', /no \(LDAP 50\)$/],
    ['an unwilling server', { code: 53, message: 'no' }, 'DIRECTORY_REFUSED', /no \(LDAP 53\)$/],
  ])('%s', async (_, fault, code, message) => {
    const server = await faulty(fault);
    const directory = await connectTo(server, fault === 'silent' ? 100 : 30_000);
    const error = (await names(directory).catch((each: unknown) => each)) as DmsaError;
    expect(error).toMatchObject({ code, retryable: errorKinds[code].retryable, subject: url });
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`${url}: `)).toBe(true);
    expect(changesOf(server)).toBe(0);
  });

  test('a loop of referrals is not walked: one error, and the other server is not asked', async () => {
    const leadsTo = (name: string): Fault => ({
      code: 10,
      message: '',
      referrals: [`ldap://${name}.lab.example/${computers}`],
    });
    const [a, b] = [await faulty(leadsTo('dc2')), await faulty(leadsTo('dc1'))];
    const ports = [a.port, b.port];
    const { settings } = await settingsFor(a.port, { urls: [url, `${url}:1636`] });
    const addresses = {
      get [dc]() {
        return { address: '127.0.0.1', port: ports.shift()! };
      },
    };
    const directory = await connectDirectory(settings, addresses)();
    onTestFinished(() => directory.close());
    await expect(names(directory)).rejects.toMatchObject({
      code: 'DIRECTORY_REFERRAL',
      retryable: false,
      message: expect.stringContaining(`ldap://dc2.lab.example/${computers}`),
    });
    expect([a.counts.connection, b.counts.connection]).toEqual([1, 0]);
  });

  test('a malformed descriptor is told with its object, attribute and offset', async () => {
    const dn = childDn('CN', 'dmsaFin', `CN=Managed Service Accounts,${baseDn}`);
    const descriptor = Buffer.from('010004800000000000000000000000001400000002', 'hex');
    const { directory } = await directoryWith(({ id }) => {
      const entry = encodeEntry(id, dn, [
        ['objectClass', ['top', dmsaClass]],
        ['objectGUID', [Buffer.alloc(16, 1)]],
        ['objectSid', [sidOctets(`${domainSid}-1104`)]],
        [attribute.principals, [descriptor]],
      ]);
      return Buffer.concat([entry, searchDone(id)]);
    });
    await expect(readDmsa(directory, 'dmsaFin$')).rejects.toMatchObject({
      code: 'DESCRIPTOR_INVALID',
      retryable: false,
      subject: dn,
      message: `${dn}: ${attribute.principals}: the ACL at offset 20 is cut short`,
    });
  });
});

describe('a server that fails once', () => {
  test('with result 51 is asked again by the caller, on the same connection', async () => {
    const server = await faulty('busy', 1);
    const directory = await connectTo(server);
    await expect(names(directory)).rejects.toMatchObject({ code: 'DIRECTORY_BUSY', retryable: true });
    expect(await names(directory)).toEqual(hosts);
    expect(server.counts.connection).toBe(1);
  });

  test.each<Fault>(['half-answer', 'malformed', 'drop', 'notice'])(
    '%s: what it says the second time is the answer, all of it and once',
    async (fault) => {
      const server = await faulty(fault, 1);
      const directory = await connectTo(server);
      expect(await names(directory)).toEqual(hosts);
      expect(server.counts.connection).toBe(2);
    },
  );
});

test('a group of 10,000 members is read whole, in seven searches', async () => {
  const store = newStore();
  const members = Array.from({ length: 10_000 }, (_, index) => childDn('CN', `host${index}`, computers));
  for (const dn of members) await store.add(dn, { objectClass: ['container'] });
  const dn = childDn('CN', 'hosts', `CN=Users,${baseDn}`);
  await store.add(dn, { objectClass: ['group'], sAMAccountName: ['hosts'], member: members });
  const server = await serve(store);
  const directory = await connectTo(server);
  const before = server.counts.search;
  const group = await directory.read(dn, ['objectSid', 'member']);
  expect(texts(group!, 'member').sort()).toEqual([...members].sort());
  expect(sidOf(group!, 'objectSid').startsWith(domainSid)).toBe(true);
  expect(server.counts.search - before).toBe(7);
});
