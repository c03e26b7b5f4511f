import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import ssh2, { type AuthContext, type ParsedKey, type ServerChannel, type ServerConfig } from 'ssh2';
import { onTestFinished } from 'vitest';
import { newKeyPair } from '../../../lab/ssh/key-pair.ts';
import { knownHostsLine } from '../../../src/powershell/ssh/known-hosts.ts';
import { host } from './harness.ts';

export interface RawOptions {
  /** What happens to each command; `drop` cuts the connection off without a word. */
  onExec?(channel: ServerChannel, input: Promise<string>, drop: () => void): unknown;
  onLogin?(attempt: AuthContext, drop: () => void): unknown;
  onConnect?(socket: Socket): unknown;
  /** False refuses the channel, as `MaxSessions 0` in sshd_config does. */
  sessions?: boolean | ((connection: number, nth: number) => boolean);
  config?: Partial<ServerConfig>;
}

/** An SSH server that does wrong exactly as told: it lets anyone in, and checks nothing. Ended with the test. */
export async function rawServer(options: RawOptions = {}) {
  const hostKey = newKeyPair().private;
  const ssh = new ssh2.Server({ hostKeys: [hostKey], ...options.config });
  const sockets = new Map<number | undefined, Socket>();
  let connections = 0;
  ssh.on('connection', (connection, { port }) => {
    connections += 1;
    const mine = connections;
    let asked = 0;
    const drop = () => sockets.get(port)?.destroy();
    connection.on('error', () => undefined);
    connection.on('authentication', (attempt) =>
      options.onLogin ? options.onLogin(attempt, drop) : attempt.accept(),
    );
    connection.on('session', (accept, reject) => {
      asked += 1;
      const { sessions = true } = options;
      if (!(typeof sessions === 'boolean' ? sessions : sessions(mine, asked))) return reject();
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.on('error', () => undefined);
        options.onExec?.(channel, text(channel), drop);
      });
    });
  });
  const server = createServer((socket) => {
    sockets.set(socket.remotePort, socket);
    socket.on('error', () => undefined);
    options.onConnect?.(socket);
    ssh.injectSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets.values()) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const key = ssh2.utils.parseKey(hostKey) as ParsedKey;
  return {
    port: (server.address() as AddressInfo).port,
    knownHostsLine: (host: string) => knownHostsLine(host, 22, key.getPublicSSH()),
  };
}

/** Ends a command in order. */
export function finish(channel: ServerChannel, stdout: string, exitCode = 0): void {
  channel.write(stdout, () => {
    channel.exit(exitCode);
    channel.end();
  });
}

export const lost = (reason: string) => ({
  code: 'SESSION_LOST',
  subject: host,
  message: `the session to ${host} ended before its answer was whole: ${reason}`,
});
