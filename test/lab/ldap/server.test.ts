import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'ldapts';
import { describe, expect, test } from 'vitest';
import { element, integerElement } from '../../../lab/ldap/ber.ts';
import { admin, baseDn, clientOf, newStore, secureSocket, serve } from './fixture.ts';

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
