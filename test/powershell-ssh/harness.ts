import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { onTestFinished } from 'vitest';

import type { HostAddress, PowerShellSettings } from '../../src/config/settings.ts';
import { type SshServer, type SshServerOptions, startSshServer } from '../../src/lab/ssh/server.ts';
import type { HandleOperation } from '../../src/lab/ssh/session.ts';
import type { Result } from '../../src/powershell/operations.ts';
import { type SshTransportOptions, sshTransport } from '../../src/powershell/ssh-transport.ts';
import type { Transport } from '../../src/powershell/transport.ts';

export const user = 'LAB\\dmsa-worker';

export const hostFacts: Result<'inspect-host'> = {
  computerName: 'WEB01',
  build: 26100,
  isDomainController: false,
  bootTime: '2026-03-01T04:00:00.000Z',
  rebootPending: false,
  policy: { value: null, keyExists: false },
  eventLogEnabled: true,
  services: [
    { name: 'Prüfdienst', startName: 'LAB\\svc-web', state: 'Running', startMode: 'Auto', startedAt: null },
  ],
  events: [],
};

/** Answers `inspect-host` and nothing else. */
export const inspect = (async () => hostFacts) as unknown as HandleOperation;

export interface Bench {
  settings: PowerShellSettings;
  hosts: Record<string, HostAddress>;
  /** The public key of the worker, as in authorized_keys. */
  publicKey: string;
  transport(options?: SshTransportOptions): Transport;
  /** A simulated host that the settings know; ended with the test. */
  start(options?: Partial<SshServerOptions>): Promise<SshServer>;
  /** Makes a server at `port` known as `host` with these lines in known_hosts. */
  know(host: string, port: number, knownHosts: string): Promise<void>;
}

/** A folder with a key pair and a known_hosts file, and settings that name them; removed with the test. */
export async function bench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-ssh-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const settings: PowerShellSettings = {
    user,
    privateKeyFile: join(folder, 'id_ed25519'),
    passphrase: null,
    knownHostsFile: join(folder, 'known_hosts'),
    credential: null,
  };
  await writeFile(settings.privateKeyFile, pair.private, { mode: 0o600 });
  await writeFile(settings.knownHostsFile, '');
  const hosts: Record<string, HostAddress> = {};
  const know: Bench['know'] = async (host, port, knownHosts) => {
    hosts[host] = { address: '127.0.0.1', port };
    await writeFile(settings.knownHostsFile, `${knownHosts}\n`, { flag: 'a' });
  };
  return {
    settings,
    hosts,
    publicKey: pair.public,
    transport: (options) => sshTransport(settings, hosts, options),
    know,
    async start(options = {}) {
      const server = await startSshServer({
        host: 'web01.lab.example',
        users: [{ name: user, publicKey: pair.public }],
        handle: inspect,
        ...options,
      });
      onTestFinished(() => server.close());
      await know(server.host, server.port, server.knownHostsLine);
      return server;
    },
  };
}
