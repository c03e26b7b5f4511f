import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ssh2, { type Connection, type Session } from 'ssh2';
import { fingerprint, knownHostsLine } from '../../src/powershell/ssh/known-hosts.ts';
import { commandLine, startedMarker } from '../../src/powershell/wire/bootstrap.ts';
import { newSshCounts, type SshCounts, type SshFaults } from './faults.ts';
import { forwardFor } from './forwarding.ts';
import { newKeyPair } from './key-pair.ts';
import { type LabUser, loginCheck, parseKey } from './logins.ts';
import { type HandleOperation, runOperation } from './session.ts';

export interface SshServerOptions {
  /** DNS name of the simulated host: what faults are asked about, and the name of its line in known_hosts. */
  host: string;
  /** A private key in any format that OpenSSH writes; a new Ed25519 key where absent. */
  hostKey?: string;
  users: LabUser[];
  handle: HandleOperation;
  faults?: SshFaults;
  counts?: SshCounts;
  /** Shown before the login, as `Banner` in sshd_config does. */
  banner?: string;
  /** Whether it is a jump host as well. */
  forwards?: boolean;
}

export interface SshServer {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** For the client's known_hosts: the host's name alone, as the client looks it up. */
  readonly knownHostsLine: string;
  /** `SHA256:…` of its key. */
  readonly fingerprint: string;
  readonly counts: SshCounts;
  /** Cuts every connection off without a word; new ones are taken. */
  drop(): void;
  /** Ends every connection and waits for the port to be free. What a handler has begun, it ends. */
  close(): Promise<void>;
}

/** A simulated Windows host's SSH server, on a free port of loopback. It runs the bootstrap and nothing else. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const { host, faults = {}, counts = newSshCounts() } = options;
  const hostKey = options.hostKey ?? newKeyPair().private;
  const knownKey = faults.onHostKey?.(host) === 'another' ? newKeyPair().private : hostKey;
  const checkLogin = loginCheck(options.users);
  const ssh = new ssh2.Server({ hostKeys: [hostKey], banner: options.banner });
  const sockets = new Map<number | undefined, Socket>();

  ssh.on('connection', (connection, { port }) => {
    // ssh2's own end() says goodbye; a connection that is lost does not.
    const drop = () => sockets.get(port)?.destroy();
    // A client may go at any moment: that is no error of the host.
    connection.on('error', () => undefined);
    connection.on('authentication', (login) => {
      if (faults.onLogin?.(host) === 'refuse') login.reject();
      else checkLogin(login);
    });
    serve(connection, drop, { ...options, faults, counts });
  });
  const server = createServer({ noDelay: true }, (socket) => {
    counts.connections += 1;
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
    socket.on('error', () => undefined);
    if (faults.onConnection?.(host) === 'refuse') socket.destroy();
    else ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    host,
    address: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    knownHostsLine: knownHostsLine(host, 22, parseKey(knownKey).getPublicSSH()),
    fingerprint: fingerprint(parseKey(hostKey).getPublicSSH()),
    counts,
    drop() {
      for (const socket of sockets.values()) socket.destroy();
    },
    async close() {
      const closed = [...sockets.values()].map((socket) => once(socket.destroy(), 'close'));
      await Promise.all([...closed, new Promise((resolve) => server.close(resolve))]);
    },
  };
}

type ServedOptions = SshServerOptions & Required<Pick<SshServerOptions, 'faults' | 'counts'>>;

function serve(connection: Connection, drop: () => void, options: ServedOptions): void {
  connection.on('session', (accept) => serveSession(accept(), drop, options));
  if (options.forwards) forwardFor(connection);
}

function serveSession(session: Session, drop: () => void, options: ServedOptions): void {
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept();
    channel.on('error', () => undefined);
    if (command === commandLine) {
      options.counts.sessions += 1;
      channel.write(`${startedMarker}\n`);
      runOperation(channel, drop, options).catch(drop);
      return;
    }
    // As cmd.exe, the default shell of Windows' SSH server, says it where it is given one command.
    const program = command.split(' ')[0];
    channel.stderr.write(
      `'${program}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`,
    );
    channel.exit(1);
    channel.end();
  });
}
