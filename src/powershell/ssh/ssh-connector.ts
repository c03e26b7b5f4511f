import { connect as connectSocket } from 'node:net';
import { readNamedFile } from '../../config/files.ts';
import type { HostAddress, SshSettings } from '../../config/settings.ts';
import type { HostTrust } from './host-trust.ts';
import { parseKnownHosts } from './known-hosts.ts';
import { openConnection, type SshConnection } from './ssh-connection.ts';
import { type JumpHost, jumpHost } from './ssh-jump.ts';
import { loginReader } from './ssh-login.ts';

export interface SshConnector {
  /** Reads login and host keys as they are now. Throws what `openConnection` throws, and the codes of settings. */
  connect(host: string, signal: AbortSignal): Promise<SshConnection>;
  /** Ends the connection to the jump host, and with it what goes through it. */
  close(): Promise<void>;
}

/** Connects to a host as the settings say: straight, or through their jump host, with the same login on both. */
export function sshConnector(
  settings: SshSettings,
  hosts: Record<string, HostAddress>,
  { connectTimeoutMs, idleMs }: { connectTimeoutMs: number; idleMs: number },
): SshConnector {
  const readLogin = loginReader(settings);
  const jump = settings.jump ? throughJump(settings.jump) : null;

  function throughJump({ host, user }: { host: string; user: string }): JumpHost {
    // Everybody's connection: nobody's signal ends it while it is made.
    const { signal } = new AbortController();
    return jumpHost(host, idleMs, async () => {
      const { address, port } = addressOf(host);
      const [login, trust] = await Promise.all([readLogin(), trustOf(host)]);
      const stream = connectSocket({ host: address, port, noDelay: true });
      const jump = { is: true } as const;
      return await openConnection({
        host,
        address,
        port,
        user,
        jump,
        login,
        trust,
        stream,
        connectTimeoutMs,
        signal,
      });
    });
  }

  function addressOf(host: string): { address: string; port: number } {
    const { address, port = 22 } = hosts[host.toLowerCase()] ?? { address: host };
    return { address, port };
  }

  /** A host with fingerprints of its own is not looked up in known_hosts. */
  async function trustOf(host: string): Promise<HostTrust> {
    const pinned = hosts[host.toLowerCase()]?.fingerprint;
    if (pinned) return { pinned };
    if (settings.knownHostsFile === null) return { known: [] };
    return {
      known: parseKnownHosts(await readNamedFile('powershell.known-hosts-file', settings.knownHostsFile)),
    };
  }

  return {
    async connect(host, signal) {
      const { address, port } = addressOf(host);
      const [login, trust] = await Promise.all([readLogin(), trustOf(host)]);
      signal.throwIfAborted();
      const stream = jump
        ? await jump.open(host, address, port, signal)
        : connectSocket({ host: address, port, noDelay: true });
      return await openConnection({
        host,
        address,
        port,
        user: settings.user,
        ...(settings.jump ? { jump: { through: settings.jump.host } } : {}),
        login,
        trust,
        stream,
        connectTimeoutMs,
        signal,
      });
    },
    close: async () => jump?.close(),
  };
}
