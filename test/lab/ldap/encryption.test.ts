import { once } from 'node:events';
import { connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

import { Client } from 'ldapts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority, issueClientCertificate } from '../../../lab/certificates.ts';
import { type LdapServer, startLdapServer } from '../../../lab/ldap/server.ts';
import { whoAmIOid } from '../../../src/directory/connection/login.ts';
import { startTlsOid } from '../../../src/directory/connection/start-tls.ts';
import { admin, authority, certificate, dc, newStore } from './fixture.ts';

async function serve(): Promise<LdapServer> {
  const server = await startLdapServer({
    store: newStore(),
    credentials: [admin],
    certificate,
    clientAuthority: authority.certificate,
  });
  onTestFinished(() => server.close());
  return server;
}

function plainClient(server: LdapServer): Client {
  const client = new Client({ url: `ldap://127.0.0.1:${server.plainPort}` });
  onTestFinished(() => client.unbind());
  return client;
}

function ldapsClient(server: LdapServer, options: ConnectionOptions = {}): Client {
  const tlsOptions = { ca: authority.certificate, servername: dc, ...options };
  const client = new Client({ url: `ldaps://127.0.0.1:${server.port}`, tlsOptions });
  onTestFinished(() => client.unbind());
  return client;
}

/** To be copied: ldapts writes its socket into what startTLS is given. */
const trust = { ca: authority.certificate, servername: dc };
const shown = (by = authority, name = admin.user) => {
  const { certificate: cert, privateKey: key } = issueClientCertificate(by, name, new Date());
  return { cert, key };
};
const whoAmI = async (client: Client) => (await client.exop(whoAmIOid)).value;

describe('a plain connection to the lab', () => {
  test('takes no password, right or wrong: result 8', async () => {
    const client = plainClient(await serve());
    for (const password of [admin.password, 'wrong']) {
      await expect(client.bind(admin.user, password)).rejects.toMatchObject({
        code: 8,
        message: expect.stringContaining('00002028: LdapErr: '),
      });
    }
    await client.bind('', '');
    expect(await whoAmI(client)).toBe('');
  });

  test('is encrypted by StartTLS, once, and then takes a password', async () => {
    const server = await serve();
    const client = plainClient(server);
    await client.startTLS({ ...trust });
    await expect(client.exop(startTlsOid)).rejects.toMatchObject({ code: 1 });
    await client.bind(admin.user, admin.password);
    expect(await whoAmI(client)).toBe(`u:${admin.user}`);
    expect(server.counts).toMatchObject({ connection: 1, extended: 3, bind: 1 });
  });

  test('ends where anything follows the request for TLS', async () => {
    const server = await serve();
    const socket = connect({ host: '127.0.0.1', port: server.plainPort });
    onTestFinished(() => void socket.destroy());
    const request = Buffer.from(`301d02010177188016${Buffer.from(startTlsOid).toString('hex')}`, 'hex');
    socket.write(Buffer.concat([request, request]));
    socket.resume();
    await once(socket, 'close');
    expect(server.counts.extended).toBe(1);
  });

  test('that is no TLS after StartTLS ends, and the server goes on', async () => {
    const server = await serve();
    const socket = connect({ host: '127.0.0.1', port: server.plainPort });
    socket.on('error', () => undefined);
    socket.write(Buffer.from(`301d02010177188016${Buffer.from(startTlsOid).toString('hex')}`, 'hex'));
    await once(socket, 'data');
    socket.write('GET / HTTP/1.0\r\n\r\n');
    await once(socket, 'close');
    const client = plainClient(server);
    await client.startTLS({ ...trust });
    expect(await whoAmI(client)).toBe('');
  });
});

describe('a client certificate shown to the lab', () => {
  test('of another CA, or for nobody it knows, leaves the connection anonymous', async () => {
    const server = await serve();
    const other = createAuthority(new Date());
    for (const options of [shown(other), shown(authority, 'nobody@lab.example'), {}]) {
      expect(await whoAmI(ldapsClient(server, options))).toBe('');
      const client = plainClient(server);
      await client.startTLS({ ...trust, ...options });
      await expect(client.bindSASL('EXTERNAL')).rejects.toMatchObject({ code: 49 });
    }
  });

  test('over LDAPS binds by itself, and a bind EXTERNAL is refused', async () => {
    const client = ldapsClient(await serve(), shown());
    expect(await whoAmI(client)).toBe(`u:${admin.user}`);
    await expect(client.bindSASL('EXTERNAL')).rejects.toMatchObject({ code: 49 });
    expect(await whoAmI(client)).toBe('');
  });

  test('after StartTLS binds by EXTERNAL, and not before', async () => {
    const client = plainClient(await serve());
    await client.startTLS({ ...trust, ...shown() });
    expect(await whoAmI(client)).toBe('');
    await client.bindSASL('EXTERNAL');
    expect(await whoAmI(client)).toBe(`u:${admin.user}`);
  });
});

test('all connections can be dropped at once, and new ones are served', async () => {
  const server = await serve();
  const first = connectTls({ host: '127.0.0.1', port: server.port, ...trust });
  await once(first, 'secureConnect');
  first.resume().on('error', () => undefined);
  server.dropAll();
  await once(first, 'close');
  expect(await whoAmI(ldapsClient(server, shown()))).toBe(`u:${admin.user}`);
});
