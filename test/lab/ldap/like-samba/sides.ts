import { connect } from 'node:tls';

import { type LdapServer, startLdapServer } from '../../../../lab/ldap/server.ts';
import type { Samba } from '../../../../lab/samba/samba.ts';
import { RawLdap } from '../../../support/raw-ldap.ts';
import { openSamba } from '../../../support/samba.ts';
import { admin, baseDn, certificate, newStore, secureSocket } from '../fixture.ts';

/** One of the two directories that are asked the same. */
export interface Side {
  /** Bound as an administrator. */
  client: RawLdap;
  /** Another connection, which `close()` ends; not bound. */
  connect(): Promise<RawLdap>;
  admin: { user: string; password: string };
}

export interface Sides {
  lab: Side;
  samba: Side;
  close(): Promise<void>;
}

/** An object that both have from the beginning. */
export interface Bulk {
  dn: string;
  attributes: Record<string, string[]>;
}

/** The lab's directory and a Samba AD DC, both of the domain of fixture.ts, with the same objects added. */
export async function openSides(bulk: Bulk[] = []): Promise<Sides> {
  const samba: Samba = await openSamba({ ldif: bulk.map(toLdif).join('\n') });
  const store = newStore();
  for (const { dn, attributes } of bulk) await store.add(dn, attributes);
  const server: LdapServer = await startLdapServer({ store, credentials: [admin], certificate });
  const clients: RawLdap[] = [];
  const side = async (socket: () => ReturnType<typeof secureSocket>, user: Side['admin']): Promise<Side> => {
    const open = async () => {
      const client = await RawLdap.connect(socket());
      clients.push(client);
      return client;
    };
    const client = await open();
    await client.bind(user.user, user.password);
    return { client, connect: open, admin: user };
  };
  const sambaSocket = () =>
    connect({ host: samba.address, port: samba.port, ca: samba.caPem, servername: samba.host });
  return {
    lab: await side(() => secureSocket(server.port), admin),
    samba: await side(sambaSocket, samba.admin),
    async close() {
      for (const client of clients) client.close();
      await server.close();
      await samba.close();
    },
  };
}

/** LDIF (RFC 2849) of plain ASCII values. */
function toLdif({ dn, attributes }: Bulk): string {
  const lines = Object.entries(attributes).flatMap(([name, values]) =>
    values.map((each) => `${name}: ${each}`),
  );
  return [`dn: ${dn}`, 'changetype: add', ...lines, ''].join('\n');
}

export { baseDn };
