import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';

import type { Certificate } from '../certificates.ts';
import { type LdapCounts, type LdapFaults, noCounts } from './faults.ts';
import type { Served } from './operations.ts';
import { LdapSession } from './session.ts';

export { type Fault, type LdapCounts, type LdapFaults, noCounts, type OperationKind } from './faults.ts';
export type { Credential } from './operations.ts';

export interface LdapServerOptions extends Served {
  certificate: Certificate;
  faults?: LdapFaults;
  /** Counted up as operations come; see noCounts(). */
  counts?: LdapCounts;
}

export interface LdapServer {
  /** On 127.0.0.1. */
  port: number;
  counts: LdapCounts;
  /** Ends the connections that are open. Rejects where a session met a fault of the lab itself. */
  close(): Promise<void>;
}

/** Serves the directory over LDAPS, on a free port of loopback. */
export async function startLdapServer(options: LdapServerOptions): Promise<LdapServer> {
  const { certificate, privateKey } = options.certificate;
  const counts = options.counts ?? noCounts();
  const sockets = new Set<Socket>();
  const sessions = new Set<Promise<void>>();
  const labFaults: unknown[] = [];
  // Small answers are not held back for the acknowledgement of earlier ones: that costs 40 ms each.
  const server = createServer({ cert: certificate, key: privateKey, noDelay: true }, (socket) => {
    counts.connection++;
    const session = new LdapSession(socket, { ...options, counts, faults: options.faults ?? null });
    const served = session.serve().catch((fault) => void labFaults.push(fault));
    sessions.add(served);
    void served.then(() => sessions.delete(served));
  });
  // Before the handshake there is no session yet, and a connection that never makes one must be ended too.
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
    await Promise.all(sessions);
    const [fault] = labFaults.splice(0);
    if (fault) throw fault;
  };
  return { port: (server.address() as AddressInfo).port, counts, close };
}
