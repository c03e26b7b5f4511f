import { once } from 'node:events';

import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../../lab/certificates.ts';
import { startLdapServer } from '../../../lab/ldap/server.ts';
import { connectDirectory } from '../../../src/directory/connection/connection.ts';
import { texts } from '../../../src/directory/entry.ts';
import { anyOf, equals, type Filter } from '../../../src/directory/filters.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { admin, baseDn, dc, domainSid, newStore, serve, settingsFor } from '../../lab/ldap/fixture.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { closedPort, silentServer } from './domain-controllers.ts';

async function connected(store = newStore()) {
  const server = await serve(store);
  const { settings, hosts } = await settingsFor(server.port);
  const directory = await connectDirectory(settings, hosts)();
  onTestFinished(() => directory.close());
  return { server, directory };
}

describe('settings that cannot be used', () => {
  test.each([
    'https://dc1.lab.example',
    'dc1.lab.example',
    'ldaps://',
    'ldap://:389',
    'ldaps://user@dc1.lab.example',
    'ldaps://dc1.lab.example/DC=lab',
    'ldap://dc1.lab.example?StartTLS=no',
    'ldaps://dc1.lab.example#x',
  ])('the URL %s is refused', async (url) => {
    const { settings, hosts } = await settingsFor(1, { urls: [url] });
    await expect(connectDirectory(settings, hosts)()).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      subject: 'directory.urls',
    });
  });

  test('a password in a URL is not repeated', async () => {
    const { settings, hosts } = await settingsFor(1, { urls: ['ldaps://me:secret@dc1.lab.example'] });
    const error = await connectDirectory(settings, hosts)().catch((each: Error) => each);
    expect(String(error)).toContain('ldaps://…@dc1.lab.example');
    expect(String(error)).not.toContain('secret');
  });

  test('no URL, no CA file and an empty password are refused by name', async () => {
    const { settings, hosts } = await settingsFor(1);
    const refused = async (change: object) =>
      (await connectDirectory({ ...settings, ...change }, hosts)().catch((each: Error) => each)) as Error;
    expect((await refused({ urls: [] })).message).toBe('directory.urls: no URL is given');
    expect((await refused({ caFile: '/nowhere/ca.pem' })).message).toBe(
      'directory.ca-file: /nowhere/ca.pem cannot be read (ENOENT)',
    );
    const printNothing = { command: [process.execPath, '-e', ''] };
    expect((await refused({ password: printNothing })).message).toBe(
      'directory.password: the password is empty',
    );
  });
});

describe('a connection that is refused', () => {
  test('a certificate of another CA ends it before the password is sent', async () => {
    const other = createAuthority(new Date());
    const certificate = issueServerCertificate(other, [dc], new Date());
    const server = await startLdapServer({ store: newStore(), credentials: [admin], certificate });
    onTestFinished(() => server.close());
    const { settings, hosts } = await settingsFor(server.port);
    await expect(connectDirectory(settings, hosts)()).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
      subject: 'ldaps://dc1.lab.example',
    });
    expect(server.counts.bind).toBe(0);
  });

  test('a certificate for another name ends it, whatever address the name is mapped to', async () => {
    const server = await serve();
    const { settings } = await settingsFor(server.port, { urls: ['ldaps://dc2.lab.example'] });
    const hosts = { 'dc2.lab.example': { address: '127.0.0.1', port: server.port } };
    const refused = connectDirectory(settings, hosts)();
    await expect(refused).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
    await expect(refused).rejects.toThrow(/dc2\.lab\.example/);
    expect(server.counts.bind).toBe(0);
  });

  test('an address in the URL is checked as an address, which this certificate does not have', async () => {
    const server = await serve();
    const { settings } = await settingsFor(server.port, { urls: [`ldaps://127.0.0.1:${server.port}`] });
    await expect(connectDirectory(settings, {})()).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
  });

  test('a wrong password is told without the password, and is not tried on the next server', async () => {
    const server = await serve();
    const { settings, hosts } = await settingsFor(server.port, {
      urls: [`ldaps://${dc}`, `ldaps://${dc}`],
      password: { command: [process.execPath, '-e', 'process.stdout.write("wr0ng")'] },
    });
    const error = await connectDirectory(settings, hosts)().catch((each: DmsaError) => each);
    expect(error).toBeInstanceOf(DmsaError);
    expect(error).toMatchObject({ code: 'BIND_REFUSED', subject: 'ldaps://dc1.lab.example' });
    expect(String(error)).toContain('user or password is wrong: 80090308: LdapErr');
    expect(JSON.stringify(error) + String(error)).not.toContain('wr0ng');
    expect(server.counts.bind).toBe(1);
  });

  test('every server that was tried is named', async () => {
    const { settings } = await settingsFor(1, {
      urls: ['ldaps://dc1.lab.example', 'ldaps://dc2.lab.example'],
    });
    const address = { address: '127.0.0.1', port: await closedPort() };
    const refused = connectDirectory(settings, { [dc]: address, 'dc2.lab.example': address })();
    await expect(refused).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      subject: 'ldaps://dc1.lab.example, ldaps://dc2.lab.example',
      message: expect.stringMatching(/^ldaps:\/\/dc1.*ECONNREFUSED.*; ldaps:\/\/dc2.*ECONNREFUSED/),
    });
  });

  test('a server that does not shake hands is given up after its time', async () => {
    const { port } = await silentServer(false);
    const { settings, hosts } = await settingsFor(port);
    await expect(connectDirectory(settings, hosts, { handshakeTimeoutMs: 20 })()).rejects.toMatchObject({
      code: 'DIRECTORY_TIMED_OUT',
      message: 'ldaps://dc1.lab.example: no TLS handshake within 0.02 s',
    });
  });

  test('a server that does not answer the bind is given up after its time', async () => {
    const { port } = await silentServer(true);
    const { settings, hosts } = await settingsFor(port);
    await expect(connectDirectory(settings, hosts, { operationTimeoutMs: 20 })()).rejects.toMatchObject({
      code: 'DIRECTORY_TIMED_OUT',
      message: 'ldaps://dc1.lab.example: BindRequest: Operation timed out',
    });
  });
});

describe('a connection', () => {
  test('goes to the next server where the first is down or busy', async () => {
    const busy = await serve(newStore(), { onOperation: () => 'busy' });
    const well = await serve();
    const { settings } = await settingsFor(well.port, {
      urls: ['ldaps://dc1.lab.example', 'ldaps://DC1.lab.example:1636', 'ldaps://dc1.lab.example:2636'],
    });
    const ports = [await closedPort(), busy.port, well.port];
    const hosts = {
      get [dc]() {
        return { address: '127.0.0.1', port: ports.shift()! };
      },
    };
    const directory = await connectDirectory(settings, hosts)();
    onTestFinished(() => directory.close());
    expect(directory.rootDse().server).toBe('ldaps://dc1.lab.example:2636');
    expect(busy.counts.bind).toBe(1);
  });

  test('reads the naming contexts once', async () => {
    const { directory, server } = await connected();
    expect(directory.rootDse()).toMatchObject({
      server: 'ldaps://dc1.lab.example',
      baseDn,
      configurationDn: `CN=Configuration,${baseDn}`,
      schemaDn: `CN=Schema,CN=Configuration,${baseDn}`,
    });
    expect(server.counts.search).toBe(1);
  });

  test('an object that is not there reads as null, a base that is not there is NOT_FOUND', async () => {
    const { directory } = await connected();
    expect(await directory.read(`CN=nobody,${baseDn}`, ['cn'])).toBeNull();
    await expect(
      directory.search(`CN=nowhere,${baseDn}`, {
        scope: 'sub',
        filter: parseFilter('(cn=x)'),
        attributes: ['cn'],
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('reads only what is asked for, octets as octets and text as text, single or not', async () => {
    const { directory } = await connected();
    const entry = await directory.read(baseDn, [
      'OBJECTSID',
      'objectGUID',
      'dc',
      'objectClass',
      'description',
    ]);
    expect(entry?.dn).toBe(baseDn);
    expect(Object.keys(entry!.attributes).sort()).toEqual(['dc', 'objectClass', 'objectGUID', 'objectSid']);
    expect(entry!.attributes.dc).toEqual(['lab']);
    expect(entry!.attributes.objectClass).toEqual(['top', 'domain', 'domainDNS']);
    expect(entry!.attributes.objectSid).toEqual([expect.any(Buffer)]);
  });

  test('finds by octets, by letters beyond ASCII, and everything over several pages', async () => {
    const store = newStore();
    for (let index = 0; index < 1_201; index++) {
      await store.add(`CN=ho st${index},CN=Computers,${baseDn}`, {
        objectClass: ['computer'],
        sAMAccountName: [`høst${index}$`],
      });
    }
    const { directory, server } = await connected(store);
    const find = (filter: Filter) => directory.search(baseDn, { scope: 'sub', filter, attributes: ['cn'] });
    // And the domain controller.
    expect(await find(equals.text('objectClass', 'computer'))).toHaveLength(1_201 + 1);
    expect(server.counts.search).toBe(1 + 3);
    const found = await find(anyOf.sid('objectSid', [`${domainSid}-1103`, `${domainSid}-2303`]));
    expect(found.flatMap((entry) => texts(entry, 'cn'))).toEqual(['ho st0', 'ho st1200']);
    expect(await find(equals.text('sAMAccountName', 'HØST7$'))).toHaveLength(1);
  });

  test('is closed when the signal is aborted, before and while it is open, with the signal’s reason', async () => {
    const { port, accepted } = await silentServer(true);
    const { settings, hosts } = await settingsFor(port);
    const open = connectDirectory(settings, hosts);
    const reason = new Error('heartbeat lost');
    await expect(open({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const refused = expect(open({ signal: controller.signal })).rejects.toBe(reason);
    const [socket] = (await accepted) as [NodeJS.ReadableStream];
    await once(socket, 'readable');
    controller.abort(reason);
    await refused;
    socket.resume();
    await once(socket, 'close');
  });

  test('an operation after the abort rejects with the signal’s reason', async () => {
    const server = await serve();
    const { settings, hosts } = await settingsFor(server.port);
    const controller = new AbortController();
    const directory = await connectDirectory(settings, hosts)({ signal: controller.signal });
    const reason = new Error('cancelled');
    const reading = expect(directory.read(baseDn, ['dc'])).rejects.toBe(reason);
    controller.abort(reason);
    await reading;
    await expect(directory.read(baseDn, ['dc'])).rejects.toBe(reason);
    await directory.close();
  });
});
