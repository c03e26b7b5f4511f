export type { DirectoryCredential } from './authentication.ts';

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';

import { type Certificate, principalNameOf } from '../certificates.ts';
import { type LdapCounts, type LdapFaults, noCounts } from './faults.ts';
import type { Served } from './operations.ts';
import { LdapSession, type Line } from './session.ts';

export { type Fault, type LdapCounts, type LdapFaults, noCounts, type OperationKind } from './faults.ts';

export interface LdapServerOptions extends Served {
  certificate: Certificate;
  /** PEM of the CA whose client certificates are trusted; without it, none is asked for. */
  clientAuthority?: string;
  faults?: LdapFaults;
  /** Counted up as operations come; see noCounts(). */
  counts?: LdapCounts;
  /** Free ones where absent: a server that comes back comes back to its own. */
  ports?: { port: number; plainPort: number };
}

export interface LdapServer {
  /** Of LDAPS, on 127.0.0.1. */
  port: number;
  /** Of LDAP, on 127.0.0.1: nobody binds there with a password before StartTLS. */
  plainPort: number;
  counts: LdapCounts;
  /** Ends the connections that are open, as a DC does with those that were idle for too long. */
  dropAll(): void;
  /** Ends the connections that are open. Rejects where a session met a fault of the lab itself. */
  close(): Promise<void>;
}

/** Serves the directory over LDAPS and over LDAP with StartTLS, on two free ports of loopback. */
export async function startLdapServer(options: LdapServerOptions): Promise<LdapServer> {
  const counts = options.counts ?? noCounts();
  const sockets = new Set<Socket>();
  const sessions = new Set<Promise<void>>();
  const labFaults: unknown[] = [];
  const secured = tlsOf(options);

  const begin = async (line: Line) => {
    counts.connection++;
    await new LdapSession(line, { ...options, counts, faults: options.faults ?? null }).serve();
  };
  const serverFor = (serve: (socket: Socket) => Promise<void>) =>
    // Small answers are not held back for the acknowledgement of earlier ones: that costs 40 ms each.
    createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
      const served = serve(socket).catch((fault) => void labFaults.push(fault));
      sessions.add(served);
      void served.then(() => sessions.delete(served));
    });
  const ldaps = serverFor(async (socket) => {
    const line = await secured(socket, 'ldaps').catch(() => null);
    if (line) await begin(line);
  });
  const ldap = serverFor((socket) =>
    begin({
      socket,
      channel: { encryption: null, certificateUser: null },
      startTls: () => secured(socket, 'start-tls'),
    }),
  );
  const { ports } = options;
  const [port, plainPort] = [await listening(ldaps, ports?.port), await listening(ldap, ports?.plainPort)];
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    const closed = [ldaps, ldap].map((server) => new Promise((resolve) => server.close(resolve)));
    dropAll();
    await Promise.all([...closed, ...sessions]);
    const [fault] = labFaults.splice(0);
    if (fault) throw fault;
  };
  return { port, plainPort, counts, dropAll, close };
}

/** A client's certificate is asked for and not required; one that is not trusted counts for nothing (MS-ADTS 5.1.1.2). */
function tlsOf({ certificate, clientAuthority }: LdapServerOptions) {
  const options: TlsOptions = {
    cert: certificate.certificate,
    key: certificate.privateKey,
    ca: clientAuthority,
    requestCert: clientAuthority !== undefined,
    rejectUnauthorized: false,
  };
  return async (plain: Socket, encryption: 'ldaps' | 'start-tls'): Promise<Line> => {
    // A server that listens nowhere: it is what makes a handshake, and judges the client's certificate.
    const handshake = createTlsServer(options);
    const socket = await new Promise<TLSSocket>((resolve, reject) => {
      handshake.once('secureConnection', resolve).once('tlsClientError', reject);
      plain.once('close', () => reject(Object.assign(new Error('no handshake'), { code: 'ECONNRESET' })));
      handshake.emit('connection', plain);
    });
    socket.on('error', () => undefined);
    const shown = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    const certificateUser = shown ? principalNameOf(shown.raw) : null;
    return { socket, channel: { encryption, certificateUser }, startTls: null };
  };
}

async function listening(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
