import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { newKeyPair } from '../../../lab/ssh/key-pair.ts';
import { type SshServer, type SshServerOptions, startSshServer } from '../../../lab/ssh/server.ts';
import type { HandleOperation } from '../../../lab/ssh/session.ts';
import type { HostAddress, SshKeyLogin, SshServers, SshSettings } from '../../../src/config/settings.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { type SshTransportOptions, sshTransport } from '../../../src/powershell/ssh/ssh-transport.ts';
import type { ClosableTransport, RunOptions } from '../../../src/powershell/transport.ts';
import type { Result } from '../../../src/powershell/wire/operations.ts';

export const host = 'web01.lab.example';
export const user = 'LAB\\dmsa-worker';

export const hostFacts: Result<'inspect-host'> = {
  computerName: 'WEB01',
  domain: 'lab.example',
  build: 26100,
  edition: 'Microsoft Windows Server 2025 Standard',
  isDomainController: false,
  clock: '2026-03-02T08:00:00.000Z',
  bootTime: '2026-03-01T04:00:00.000Z',
  rebootPending: false,
  policy: { value: null, keyExists: false },
  policyFrom: null,
  eventLogEnabled: true,
  eventLog: { maximumSize: 1_052_672, oldestAt: null },
  serviceLogonRight: [],
  services: [
    {
      name: 'Prüfdienst',
      startName: 'LAB\\svc-web',
      state: 'Running',
      startMode: 'Auto',
      delayedStart: false,
      startedAt: null,
      dependents: [],
      dependencies: [],
      recovery: [],
      clusterResource: null,
    },
  ],
  tasks: [],
  pools: [],
  comApplications: [],
  sessions: [],
  events: [],
  unread: [],
};

/** What a run threw, in the three things that a person is told. */
export async function failureOf(run: Promise<unknown>) {
  const error = await run.then(
    () => expect.unreachable('the run should have failed'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DmsaError);
  const { code, subject, message } = error as DmsaError;
  return { code, subject, message };
}

/** Every client socket that is made from here on: a settled run leaves none of them open. */
export function clientSockets(): Socket[] {
  const sockets: Socket[] = [];
  const note = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
  subscribe('net.client.socket', note);
  onTestFinished(() => {
    unsubscribe('net.client.socket', note);
  });
  return sockets;
}

/** Waits until these sockets are closed: what a client keeps for a connection goes with it. */
export async function allClosed(sockets: Socket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')));
}

/** Answers `inspect-host` and nothing else. */
export const inspect = (async () => hostFacts) as unknown as HandleOperation;

type KeySettings = SshServers & SshKeyLogin & { knownHostsFile: string };

export interface Bench {
  settings: KeySettings;
  hosts: Record<string, HostAddress>;
  /** The public key of the worker, as in authorized_keys. */
  publicKey: string;
  /** Closed with the test. */
  transport(options?: SshTransportOptions): ClosableTransport;
  /** A simulated host that the settings know; ended with the test. */
  start(options?: Partial<SshServerOptions>): Promise<SshServer>;
  /** Runs `inspect-host` on `web01.lab.example`, in a transport of its own that is closed after it. */
  inspect(
    options?: Partial<RunOptions>,
    changes?: { login?: SshSettings; ssh?: SshTransportOptions },
  ): Promise<Result<'inspect-host'>>;
  /** Makes `port` the address of `web01.lab.example`, with these lines in known_hosts. */
  know(port: number, knownHosts: string): Promise<void>;
}

/** A folder with a key pair and a known_hosts file, and settings that name them; removed with the test. */
export async function bench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-ssh-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pair = newKeyPair();
  const settings: KeySettings = {
    transport: 'ssh',
    user,
    privateKeyFile: join(folder, 'id_ed25519'),
    passphrase: null,
    knownHostsFile: join(folder, 'known_hosts'),
    credential: null,
  };
  await writeFile(settings.privateKeyFile, pair.private, { mode: 0o600 });
  await writeFile(settings.knownHostsFile, '');
  const hosts: Record<string, HostAddress> = {};
  const know: Bench['know'] = async (port, knownHosts) => {
    hosts[host] = { address: '127.0.0.1', port };
    await writeFile(settings.knownHostsFile, `${knownHosts}\n`, { flag: 'a' });
  };
  return {
    settings,
    hosts,
    publicKey: pair.public,
    transport: (options) => {
      const transport = sshTransport(settings, hosts, options);
      onTestFinished(() => transport.close());
      return transport;
    },
    know,
    async inspect(options, { login = settings, ssh } = {}) {
      const transport = sshTransport(login, hosts, ssh);
      const run = transport.run(
        host,
        'inspect-host',
        { eventsSince: null },
        { timeoutMs: 60_000, ...options },
      );
      return await run.finally(() => transport.close());
    },
    async start(options = {}) {
      const server = await startSshServer({
        host,
        users: [{ name: user, publicKey: pair.public }],
        handle: inspect,
        ...options,
      });
      onTestFinished(() => server.close());
      await know(server.port, server.knownHostsLine);
      return server;
    },
  };
}
