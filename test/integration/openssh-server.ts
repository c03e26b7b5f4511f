import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { SshKeyLogin, SshServers } from '../../src/config/settings.ts';

const sshd = '/usr/sbin/sshd';
const engine = process.env.DMSA_PWSH ?? new URL('../../../shared/powershell/pwsh', import.meta.url).pathname;

/** What these tests lack on this machine, or null. */
export function missing(): string | null {
  if (!existsSync(sshd)) return `no OpenSSH server at ${sshd} (apt-get install openssh-server)`;
  if (!existsSync(engine)) return 'no PowerShell engine (DMSA_PWSH names it)';
  return null;
}

export interface OpenSsh {
  folder: string;
  port: number;
  settings: SshServers & SshKeyLogin & { knownHostsFile: string };
  /** How many connections it has taken. */
  connections(): number;
  /** Takes effect with the next connection. */
  configure(lines: string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * OpenSSH's own server and keys in a folder of their own: a listener on a free port of loopback that starts one
 * `sshd -i` for each connection. A command `powershell.exe` is on its PATH, which prints a line before it starts the
 * engine, and `modules` is on its PSModulePath.
 */
export async function startOpenSsh(
  host: string,
  modules: Record<string, string>,
  /** Program and arguments that sshd's own follow, such as `unshare`. */
  [program, ...args]: string[] = [],
): Promise<OpenSsh> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-openssh-'));
  const path = (name: string) => join(folder, name);
  await Promise.all([newKey(path('host_key'), ''), newKey(path('id_ed25519'), 'a passphrase')]);
  await writeFile(path('authorized_keys'), await readFile(path('id_ed25519.pub')), { mode: 0o600 });
  await writeFile(path('passphrase'), 'a passphrase\n', { mode: 0o600 });
  await writeFile(path('known_hosts'), `${host} ${await readFile(path('host_key.pub'), 'utf8')}`);
  await promisify(execFile)('ssh-keygen', ['-q', '-H', '-f', path('known_hosts')]);
  await writeFile(path('banner'), 'Authorised use only.\n');
  await mkdir(path('bin'));
  await writeFile(path('bin/powershell.exe'), `#!/bin/sh\necho 'Welcome to WEB01'\nexec '${engine}' "$@"\n`);
  await chmod(path('bin/powershell.exe'), 0o755);
  for (const [name, text] of Object.entries(modules)) {
    await mkdir(path(`modules/${name}`), { recursive: true });
    await writeFile(path(`modules/${name}/${name}.psm1`), text);
  }
  // Where it runs as root it insists on this folder, which Debian's service unit makes.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const configure = (lines: string[]) => writeFile(path('sshd_config'), `${lines.join('\n')}\n`);
  await configure(defaultConfig(folder));
  let connections = 0;
  const children = new Set<ChildProcess>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    connections += 1;
    const own = [sshd, '-i', '-f', path('sshd_config')];
    const [first, ...rest] = program ? [program, ...args, ...own] : own;
    const child = spawn(first!, rest, { stdio: [socket, socket, 'ignore'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    // The connection is the child's now; this closes our copy of it.
    child.once('spawn', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    folder,
    port: (server.address() as AddressInfo).port,
    settings: {
      transport: 'ssh',
      user: userInfo().username,
      privateKeyFile: path('id_ed25519'),
      passphrase: { file: path('passphrase') },
      knownHostsFile: path('known_hosts'),
      credential: null,
    },
    connections: () => connections,
    configure,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      const ended = [...children].map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of children) child.kill();
      await Promise.all(ended);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What the shell of this machine's user does when it starts, and says, is no part of a host: it has a home of its own, and
 * the PowerShell engine where it is unpacked already.
 */
export function homeIn(folder: string): Record<string, string> {
  return { HOME: folder, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache') };
}

export function defaultConfig(folder: string): string[] {
  const environment = {
    ...homeIn(folder),
    PATH: `${folder}/bin:/usr/bin:/bin`,
    PSModulePath: `${folder}/modules`,
    PWSH_REGISTRY: `${folder}/registry.json`,
    DMSA_STUB_CALLS: `${folder}/calls.json`,
  };
  const assignments = Object.entries(environment).map(([name, value]) => `"${name}=${value}"`);
  return [
    `HostKey ${folder}/host_key`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `Banner ${folder}/banner`,
    `SetEnv ${assignments.join(' ')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
  ];
}

async function newKey(file: string, passphrase: string): Promise<void> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-N', passphrase, '-f', file]);
}
