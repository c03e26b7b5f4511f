import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ssh2, { type Connection, type ParsedKey, type Session } from 'ssh2';

import { commandLine } from '../../powershell/bootstrap.ts';
import { knownHostsLine } from '../../powershell/known-hosts.ts';
import { newSshCounts, type SshCounts, type SshFaults } from './faults.ts';
import { newKeyPair } from './key-pair.ts';
import { type HandleOperation, runOperation } from './session.ts';

export interface SshServerOptions {
  /** DNS name of the simulated host: what faults are asked about, and the name of its line in known_hosts. */
  host: string;
  /** A private key in any format that OpenSSH writes; a new Ed25519 key where absent. */
  hostKey?: string;
  /** Who may log in, and with which public key: a line as in authorized_keys. Names compare as Windows compares them. */
  users: { name: string; publicKey: string }[];
  handle: HandleOperation;
  faults?: SshFaults;
  counts?: SshCounts;
  /** Shown before the login, as `Banner` in sshd_config does. */
  banner?: string;
}

export interface SshServer {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** For the client's known_hosts: the host's name alone, as the client looks it up. */
  readonly knownHostsLine: string;
  readonly counts: SshCounts;
  /** Ends every connection and waits for the port to be free. What a handler has begun, it ends. */
  close(): Promise<void>;
}

/** A simulated Windows host's SSH server, on a free port of loopback. It runs the bootstrap and nothing else. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const { host, faults = {}, counts = newSshCounts() } = options;
  const hostKey = options.hostKey ?? newKeyPair().private;
  const users = options.users.map(({ name, publicKey }) => ({
    name: name.toLowerCase(),
    key: parseKey(publicKey),
  }));
  const ssh = new ssh2.Server({ hostKeys: [hostKey], banner: options.banner });
  const sockets = new Map<number | undefined, Socket>();

  ssh.on('connection', (connection, { port }) => {
    // ssh2's own end() says goodbye; a connection that is lost does not.
    const drop = () => sockets.get(port)?.destroy();
    serve(connection, drop, users, { ...options, faults, counts });
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
    knownHostsLine: knownHostsLine(host, 22, parseKey(hostKey).getPublicSSH()),
    counts,
    async close() {
      const closed = [...sockets.values()].map((socket) => once(socket.destroy(), 'close'));
      await Promise.all([...closed, new Promise((resolve) => server.close(resolve))]);
    },
  };
}

export type ServedOptions = SshServerOptions & Required<Pick<SshServerOptions, 'faults' | 'counts'>>;

function serve(
  connection: Connection,
  drop: () => void,
  users: { name: string; key: ParsedKey }[],
  options: ServedOptions,
): void {
  // A client may go at any moment: that is no error of the host.
  connection.on('error', () => undefined);
  connection.on('authentication', (attempt) => {
    if (attempt.method !== 'publickey') return attempt.reject(['publickey']);
    const { key, blob, signature, hashAlgo } = attempt;
    const name = attempt.username.toLowerCase();
    const user = users.find((each) => each.name === name && each.key.getPublicSSH().equals(key.data));
    if (!user) return attempt.reject(['publickey']);
    // Without a signature the client only asks whether the key would do (RFC 4252, 7).
    if (signature && !user.key.verify(blob!, signature, hashAlgo)) return attempt.reject(['publickey']);
    attempt.accept();
  });
  connection.on('session', (accept) => serveSession(accept(), drop, options));
}

function serveSession(session: Session, drop: () => void, options: ServedOptions): void {
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept();
    channel.on('error', () => undefined);
    if (command === commandLine) {
      options.counts.sessions += 1;
      runOperation(channel, drop, options).catch(drop);
      return;
    }
    // As cmd.exe, the default shell of Windows' SSH server, says it.
    const program = command.split(' ')[0];
    channel.stderr.write(
      `'${program}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`,
    );
    channel.exit(127);
    channel.end();
  });
}

function parseKey(text: string): ParsedKey {
  const parsed: unknown = ssh2.utils.parseKey(text);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw new TypeError(`not a key: ${key.message}`);
  return key as ParsedKey;
}
