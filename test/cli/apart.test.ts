import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { temporalAvailable, testTemporal } from '../support/temporal.ts';

const { available, reason } = await temporalAvailable();
const main = new URL('../../src/bin/main.ts', import.meta.url).pathname;

/** Lab, worker and commands as processes of their own, that know of each other by dmsa.toml and Temporal alone. */
describe.skipIf(!available)(`the pieces run apart${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let address: string;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-apart-'));
    ({ address } = await testTemporal());
  });
  afterEach(async () => {
    for (const child of running.splice(0).reverse()) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  });

  const environment = () => ({
    ...process.env,
    TEMPORAL_ADDRESS: address,
    DMSA_CONFIG: join(folder, 'dmsa.toml'),
  });

  function keepRunning(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    return child;
  }

  function dmsa(...args: string[]): Promise<{ code: number; out: Record<string, never>; err: string }> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [main, ...args, '-o', 'json'],
        { cwd: folder, env: environment() },
        (error, out, err) => {
          resolve({ code: error ? Number(error.code) : 0, out: out ? JSON.parse(out) : {}, err });
        },
      );
    });
  }

  test('a plan is made, saved, started, approved, watched, listed and undone', async () => {
    keepRunning('lab', '--out', 'dmsa.toml');
    await vi.waitUntil(
      () =>
        access(join(folder, 'dmsa.toml')).then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    );
    const worker = keepRunning('worker');
    let log = '';
    worker.stderr!.on('data', (chunk) => {
      log += chunk;
    });
    await vi.waitUntil(() => log.includes('takes work'), { timeout: 30_000 });

    const hosts = ['fin01', 'fin02', 'fin03'].flatMap((host) => ['--host', `${host}.lab.example`]);
    const planned = await dmsa(
      'plan',
      'LAB\\svc-finance',
      '--dmsa',
      'dmsa-finance',
      ...hosts,
      '--by',
      'LAB\\alice',
      '--out',
      'plan.json',
    );
    expect(planned.code).toBe(0);
    const plan = JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'));
    const started = await dmsa('start', 'plan.json');
    expect(started.out).toMatchObject({ migrationId: 'dmsa/lab.example/svc-finance', planHash: plan.hash });

    const again = await dmsa('start', 'plan.json');
    expect(again.code).toBe(2);
    const gate = await vi.waitUntil(
      async () => {
        const { out } = await dmsa('status', 'svc-finance');
        return (out.gates as { hash: string | null }[] | undefined)?.find(({ hash }) => hash);
      },
      { timeout: 30_000 },
    );
    const own = await dmsa('approve', 'svc-finance', '--by', 'alice@lab.example', '--hash', gate.hash!);
    expect(own.code).toBe(2);
    const approved = await dmsa(
      'approve',
      'svc-finance',
      '--by',
      'LAB\\bob',
      '--hash',
      gate.hash!,
      '--reason',
      'agreed',
    );
    expect(approved.code).toBe(0);

    const { out: listed } = await dmsa('list');
    expect(JSON.stringify(listed)).toContain('dmsa/lab.example/svc-finance');
    expect((await dmsa('undo', 'svc-finance', '--by', 'LAB\\carol', '--reason', 'enough')).code).toBe(0);
    const watched = await dmsa('status', 'svc-finance', '--watch');
    expect(watched.code).toBe(3);
    expect(watched.out).toMatchObject({ outcome: 'undone', failure: { code: 'UNDO_REQUESTED' } });
    expect(watched.out.after).toEqual(watched.out.before);
  }, 120_000);

  test('what cannot be planned exits with 2 and one line, and nothing is started', async () => {
    keepRunning('lab', '--out', 'dmsa.toml');
    await vi.waitUntil(
      () =>
        access(join(folder, 'dmsa.toml')).then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    );
    const plan = (...args: string[]) =>
      dmsa('plan', ...args, '--dmsa', 'dmsa-x', '--host', 'fin01.lab.example', '--by', 'LAB\\alice');

    const unknown = await plan('nobody');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toMatch(/ACCOUNT_NOT_FOUND nobody/);
    const notADn = await plan('CN=,,');
    expect(notADn.code).toBe(2);
    expect(notADn.err).toMatch(/^ARGUMENT_INVALID: account: .* is not a DN/);
    expect(notADn.err.trim().split('\n')).toHaveLength(1);
    const computer = await plan('fin01$');
    expect(computer.code).toBe(2);
    expect(computer.err).toMatch(/ACCOUNT_NOT_A_USER/);
  }, 60_000);
});
