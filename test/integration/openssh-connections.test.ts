import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { HostAddress, SshSettings } from '../../src/config/settings.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { sshTransport } from '../../src/powershell/ssh/ssh-transport.ts';
import { answerLimit } from '../../src/powershell/wire/envelope.ts';
import { defaultConfig, missing, type OpenSsh, startOpenSsh } from './openssh-server.ts';

const host = 'web01.lab.example';
const bastion = 'bastion.lab.example';
const lack = missing();
const { username } = userInfo();

/** Logged in, and its command has run: what these commands print is no answer. */
const through = { code: 'ANSWER_INVALID', message: expect.stringContaining('(exit code 3)') };

describe.skipIf(lack)(`Connections to OpenSSH${lack ? `: ${lack}` : ''}`, () => {
  let ssh: OpenSsh;
  beforeAll(async () => {
    ssh = await startOpenSsh(host, {});
  });
  beforeEach(() => command(ssh, 'cat >/dev/null; exit 3'));
  afterAll(() => ssh?.close());

  const run = (login?: SshSettings, signal?: AbortSignal, more?: Record<string, HostAddress>) =>
    runOnce(ssh, login ?? ssh.settings, signal, more);

  test('a fingerprint takes the place of known_hosts, and another one is refused', async () => {
    const login = { ...ssh.settings, knownHostsFile: null };
    const pinned = (fingerprint: string) => ({
      [host]: { address: '127.0.0.1', port: ssh.port, fingerprint: [fingerprint] },
    });
    const wrong = `SHA256:${'A'.repeat(43)}`;
    const failure = await run(login, undefined, pinned(wrong));
    expect(failure).toMatchObject({ code: 'HOST_KEY_MISMATCH', subject: host });
    expect(await run(login, undefined, pinned(await printOf(ssh)))).toMatchObject(through);
  });

  test('a key that an agent holds logs in', async () => {
    const socket = join(ssh.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(async () => {
      agent.kill();
      await once(agent, 'exit');
    });
    await once(agent.stdout, 'data');
    const { transport, user, knownHostsFile, credential } = ssh.settings;
    const login: SshSettings = { transport, user, knownHostsFile, credential, agent: socket };
    expect(await run(login)).toMatchObject({ code: 'SSH_LOGIN_UNUSABLE', subject: 'powershell.agent' });
    await promisify(execFile)('ssh-add', ['-q', await plainKey(ssh)], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
    });
    expect(await run(login)).toMatchObject(through);
  });

  test('a jump host is logged in to once, and forwards to several connections', async () => {
    const jump = await startOpenSsh(bastion, {});
    onTestFinished(() => jump.close());
    const hosts = {
      [bastion]: { address: '127.0.0.1', port: jump.port, fingerprint: [await printOf(jump)] },
      [host]: { address: '127.0.0.1', port: ssh.port, fingerprint: [await printOf(ssh)] },
    };
    await writeFile(
      join(jump.folder, 'authorized_keys'),
      await readFile(`${ssh.settings.privateKeyFile}.pub`),
    );
    const login = { ...ssh.settings, knownHostsFile: null, jump: { host: bastion, user: username } };
    const transport = sshTransport(login, hosts);
    onTestFinished(() => transport.close());
    const before = ssh.connections();
    const failures = await Promise.all(
      [1, 2, 3].map(() =>
        failureOf(transport.run(host, 'inspect-host', { eventsSince: null }, { timeoutMs: 50_000 })),
      ),
    );
    expect(failures).toMatchObject([through, through, through]);
    expect([jump.connections(), ssh.connections() - before]).toEqual([1, 3]);
    await transport.close();

    await jump.configure([...defaultConfig(jump.folder), 'AllowTcpForwarding no']);
    expect(await runOnce(ssh, login, undefined, hosts)).toMatchObject({
      code: 'HOST_UNREACHABLE',
      subject: bastion,
      message: `the jump host ${bastion} may not forward to ${host} at 127.0.0.1 port ${ssh.port}`,
    });
  });

  test('one connection serves run after run', async () => {
    const transport = sshTransport(ssh.settings, { [host]: { address: '127.0.0.1', port: ssh.port } });
    onTestFinished(() => transport.close());
    const before = ssh.connections();
    for (let nth = 0; nth < 12; nth += 1)
      expect(
        await failureOf(transport.run(host, 'inspect-host', { eventsSince: null }, { timeoutMs: 50_000 })),
      ).toMatchObject(through);
    expect(ssh.connections() - before).toBe(1);
  });

  test('a command that is killed has given no answer', async () => {
    await command(ssh, 'cat >/dev/null; echo half; kill -9 $$');
    expect(await run()).toMatchObject({
      code: 'SESSION_LOST',
      message: expect.stringContaining('the command was killed (SIGKILL)'),
    });
  });

  test('fifty megabytes are cut off, and do not fill the memory', async () => {
    await command(ssh, 'echo $$ >"$0.pid"; exec head -c 52428800 /dev/zero');
    const before = process.memoryUsage();
    const failure = await run();
    const after = process.memoryUsage();
    expect(failure).toMatchObject({
      code: 'ANSWER_INVALID',
      message: `the answer of ${host} is longer than ${answerLimit} octets`,
    });
    expect(after.rss - before.rss).toBeLessThan(40 * 1024 * 1024);
    await ended(ssh);
  });
});

const rootless = lack ?? cannotHideShadow();

describe.skipIf(rootless)(`Users of OpenSSH${rootless ? `: ${rootless}` : ''}`, () => {
  let ssh: OpenSsh;
  beforeAll(async () => {
    // Files of /etc of its own, in a mount namespace of its own: the machine's stay as they are.
    const mounts = ['shadow', 'passwd'].map((file) => `mount --bind "$(dirname "$4")/${file}" /etc/${file}`);
    const script = [...mounts, 'exec "$@"'].join(' && ');
    ssh = await startOpenSsh(host, {}, ['unshare', '-m', 'sh', '-c', script, 'sh']);
    const hash = execFileSync('openssl', ['passwd', '-6', 'pass "wörd"'], { encoding: 'utf8' }).trim();
    await writeFile(join(ssh.folder, 'shadow'), `root:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 });
    const passwd = await readFile('/etc/passwd', 'utf8');
    await writeFile(join(ssh.folder, 'passwd'), `${passwd}operator:x:60123:60123::${ssh.folder}:/bin/sh\n`);
    await chmod(ssh.folder, 0o755);
    await chmod(join(ssh.folder, 'authorized_keys'), 0o644);
    await chmod(join(ssh.folder, 'bin'), 0o777);
  });
  beforeEach(() => command(ssh, 'cat >/dev/null; exit 3'));
  afterAll(() => ssh?.close());

  // sshd passes signals on where its privileges are separated: for every login but that of root.
  test('a command whose run is aborted is told to stop', async () => {
    await command(ssh, 'cat >/dev/null; echo $$ >"$0.pid"; exec sleep 600');
    const controller = new AbortController();
    const aborted = runOnce(ssh, { ...ssh.settings, user: 'operator' }, controller.signal);
    const pid = await pidOf(ssh);
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid);
    });
    controller.abort(new Error('cancelled'));
    expect(await aborted).toEqual(new Error('cancelled'));
    await ended(ssh);
  });

  test.each([
    ['password', ['PasswordAuthentication yes', 'KbdInteractiveAuthentication no', 'UsePAM no']],
    ['keyboard-interactive', ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes', 'UsePAM yes']],
  ])('log in by %s, once it is right', async (way, lines) => {
    const others = defaultConfig(ssh.folder).filter(
      (line) => !/^(PasswordAuthentication|KbdInteractiveAuthentication|UsePAM) /.test(line),
    );
    await ssh.configure([...others, 'PubkeyAuthentication no', ...lines]);
    const { transport, user, knownHostsFile, credential } = ssh.settings;
    const file = join(ssh.folder, 'password');
    const login: SshSettings = { transport, user, knownHostsFile, credential, password: { file } };
    await writeFile(file, 'wrong');
    expect(await runOnce(ssh, login)).toMatchObject({
      code: 'LOGIN_REFUSED',
      message: `${host} refused the login of root (it takes ${way})`,
    });
    await writeFile(file, 'pass "wörd"\n');
    expect(await runOnce(ssh, login)).toMatchObject(through);
  });
});

function cannotHideShadow(): string | null {
  if (process.getuid?.() !== 0) return 'needs root';
  return spawnSync('unshare', ['-m', 'mount', '--bind', '/etc/hosts', '/etc/hosts']).status === 0
    ? null
    : 'needs a mount namespace';
}

async function runOnce(
  ssh: OpenSsh,
  login: SshSettings,
  signal?: AbortSignal,
  hosts: Record<string, HostAddress> = { [host]: { address: '127.0.0.1', port: ssh.port } },
): Promise<unknown> {
  const transport = sshTransport(login, hosts);
  const options = { timeoutMs: 50_000, signal };
  return await failureOf(transport.run(host, 'inspect-host', { eventsSince: null }, options)).finally(() =>
    transport.close(),
  );
}

async function failureOf(run: Promise<unknown>): Promise<unknown> {
  const error = await run.then(
    () => expect.unreachable('the run should have failed'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DmsaError)) return error;
  const { code, subject, message } = error;
  return { code, subject, message };
}

/** What `powershell.exe` is from here on. */
async function command({ folder }: OpenSsh, script: string): Promise<void> {
  await rm(join(folder, 'bin/powershell.exe.pid'), { force: true });
  await writeFile(join(folder, 'bin/powershell.exe'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bin/powershell.exe'), 0o755);
}

async function printOf({ folder }: OpenSsh): Promise<string> {
  const { stdout } = await promisify(execFile)('ssh-keygen', ['-lf', join(folder, 'host_key.pub')]);
  return stdout.split(' ')[1]!;
}

/** The key without its passphrase, for ssh-add, which would ask. */
async function plainKey({ folder }: OpenSsh): Promise<string> {
  const file = join(folder, 'plain');
  await writeFile(file, await readFile(join(folder, 'id_ed25519')), { mode: 0o600 });
  await promisify(execFile)('ssh-keygen', ['-q', '-p', '-P', 'a passphrase', '-N', '', '-f', file]);
  return file;
}

async function pidOf({ folder }: OpenSsh): Promise<number> {
  const file = join(folder, 'bin/powershell.exe.pid');
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (pid > 0) return pid;
    await sleep(20);
  }
}

/** Until the command is gone; the test's own time limit says that it is not. */
async function ended(ssh: OpenSsh): Promise<void> {
  const pid = await pidOf(ssh);
  while (isAlive(pid)) await sleep(20);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
