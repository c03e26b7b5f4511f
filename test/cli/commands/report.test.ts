import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { run } from '../../../src/bin/run.ts';
import { migrationId } from '../../../src/domain/plan/plan.ts';
import { canonicalJson } from '../../../src/domain/values/canonical.ts';
import { fileRecords } from '../../../src/records/records.ts';
import { sha256 } from '../../../src/report/report.ts';
import { reportText } from '../../../src/report/seal.ts';
import { blocks, page } from '../../docs/markdown.ts';
import { completed } from '../../domain/migration/sample-status.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { newKey } from '../../report/keys-of-test.ts';
import { records, sealedOf } from '../../report/samples.ts';
import { temporalAvailable } from '../../support/temporal.ts';
import { useWorker } from '../../support/worker.ts';
import { type FakeIo, fakeIo } from '../fake-io.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-report-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function dmsa(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ exitCode: number; io: FakeIo }> {
  const io = fakeIo({ folder, env, now: new Date('2025-06-01T09:00:00.000Z') });
  return { exitCode: await run(args, io), io };
}

describe('a JSON report of before', () => {
  test('is written as HTML and as Markdown, needs no Temporal, and names itself', async () => {
    await writeFile(join(folder, 'report.json'), reportText(sealedDigest()));
    const { exitCode, io } = await dmsa(['report', 'report.json', '--out', 'report.html', '-o', 'json']);
    expect([exitCode, io.stderr()]).toEqual([0, '']);
    expect(JSON.parse(io.stdout())).toEqual({
      migrationId: completed.migrationId,
      outcome: 'completed',
      file: join(folder, 'report.html'),
      format: 'html',
      digest: sealedDigest().digest,
      signed: false,
      records: true,
    });
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('Completed and verified');
    const piped = await dmsa(['report', 'report.json', '--format', 'md', '--out', '-']);
    expect(piped.io.stdout()).toMatch(/^# svc-web → dmsa-web\$\n/);
  });

  test('that was changed is refused, exit code 2, and nothing is written', async () => {
    await writeFile(join(folder, 'forged.json'), reportText(sealedDigest()).replace('LAB', 'LAC'));
    const { exitCode, io } = await dmsa(['report', 'forged.json', '--out', 'forged.html']);
    expect(exitCode).toBe(2);
    expect(io.stderr()).toMatch(/^REPORT_CHANGED: this is not what was made: its contents have the digest /);
    await expect(stat(join(folder, 'forged.html'))).rejects.toThrow('ENOENT');
  });

  test('that is not there, or is none, is refused by verify, exit code 2', async () => {
    const missing = await dmsa(['verify', 'none.json', '-o', 'json']);
    expect(missing.exitCode).toBe(2);
    expect(JSON.parse(missing.io.stdout()).error.code).toBe('FILE_UNREADABLE');
    await writeFile(join(folder, 'plan.json'), JSON.stringify(samplePlan()));
    const other = await dmsa(['verify', 'plan.json']);
    expect([other.exitCode, other.io.stdout()]).toEqual([2, '']);
    expect(other.io.stderr()).toMatch(/^REPORT_INVALID: this is no report: /);
  });

  /** The sample with a digest that fits. */
  function sealedDigest() {
    const { report } = sealedOf(completed);
    return { report, digest: sha256(canonicalJson(report)), signature: null };
  }
});

describe.skipIf(!(await temporalAvailable()).available)('dmsa report', () => {
  const running = useWorker('report', fileURLToPath(new URL('../../client/workflows.ts', import.meta.url)));
  const online = (more: NodeJS.ProcessEnv = {}) => ({ ...running.environment(folder), ...more });

  async function started(): Promise<{ id: string; hash: string; account: string }> {
    const { account } = samplePlan();
    const plan = samplePlan({ account: { ...account, samAccountName: `svc-${randomUUID()}` } });
    const name = plan.account.samAccountName;
    await writeFile(join(folder, `${name}.json`), JSON.stringify(plan));
    expect((await dmsa(['start', `${name}.json`, '-y'], online())).exitCode).toBe(0);
    return { id: migrationId(plan), hash: plan.hash, account: name };
  }

  test('of one that runs and of one that has ended, signed, with plan and records; verified with the key alone', async () => {
    const { id, hash, account } = await started();
    const { privateJwk, publicJwk } = await newKey('worker-2025');
    await writeFile(join(folder, 'worker.jwk'), JSON.stringify(privateJwk), { mode: 0o600 });
    await writeFile(join(folder, 'worker-public.jwk'), JSON.stringify(publicJwk, null, 2));
    const env = online({ DMSA_WORKER_SIGNING_KEY_FILE: 'worker.jwk' });
    const now = new Date(Date.now() + 60_000).toISOString();
    for (const command of records.commands.slice(0, 1))
      await fileRecords(join(folder, 'records')).command(id, { ...command, at: now, id: 'a', when: 'asked' });

    const early = await dmsa(['report', account, '--format', 'json', '--out', '-'], env);
    expect(early.io.stderr()).toBe('');
    const { report } = JSON.parse(early.io.stdout());
    expect(report).toMatchObject({
      ended: false,
      madeAt: '2025-06-01T09:00:00.000Z',
      status: { migrationId: id, outcome: 'running' },
      plan: { hash },
      hashes: { plan: hash },
      records: { commands: [{ operation: 'set-host', outcome: 'unknown' }], reads: [] },
    });
    expect(report.status).not.toHaveProperty('progress');

    await dmsa(['undo', id], online());
    await dmsa(['status', id, '--watch'], online());
    const ended = await dmsa(['report', id, '--format', 'json', '--out', 'ended.json'], env);
    expect(ended.io.stdout()).toBe(`Report: ${join(folder, 'ended.json')}\n`);
    const verified = await dmsa(['verify', 'ended.json', '--key', 'worker-public.jwk', '-o', 'json']);
    expect(verified.exitCode).toBe(0);
    expect(JSON.parse(verified.io.stdout())).toMatchObject({
      valid: true,
      problems: [],
      report: { migrationId: id, outcome: 'undone' },
      signedBy: { kid: 'worker-2025', vouched: true },
    });
    const unvouched = await dmsa(['verify', 'ended.json']);
    expect(unvouched.exitCode).toBe(2);
    expect(unvouched.io.stderr()).toMatch(
      /^REPORT_KEY_UNKNOWN: it is intact, but signed by a key nobody vouches for: "worker-2025", thumbprint /,
    );
  });

  test('into the records folder where nothing else is said; not signed, and without records it says both', async () => {
    const { id } = await started();
    const { exitCode, io } = await dmsa(['report', id], online());
    expect(exitCode).toBe(0);
    const [first, ...rest] = io.stdout().trimEnd().split('\n');
    const file = first!.slice('Report: '.length);
    expect(file).toMatch(new RegExp(`^${join(folder, 'records')}/dmsa-lab.example-svc-.*\\.html$`));
    expect(rest).toEqual([
      'Not signed: set worker.signing-key-file to sign reports.',
      'Without commands and reads: this machine has no records of the migration.',
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await dmsa(['undo', id], online());
  });

  test('a key that others may read is refused, exit code 2', async () => {
    const { id } = await started();
    await copyFile(join(folder, 'worker.jwk'), join(folder, 'open.jwk'));
    await chmod(join(folder, 'open.jwk'), 0o644);
    const { exitCode, io } = await dmsa(['report', id], online({ DMSA_WORKER_SIGNING_KEY_FILE: 'open.jwk' }));
    expect(exitCode).toBe(2);
    expect(io.stderr()).toMatch(
      /^FILE_NOT_PRIVATE: worker\.signing-key-file: others may read .* chmod 600 it/,
    );
    await dmsa(['undo', id], online());
  });

  test('of one that nobody knows, exit code 1', async () => {
    const { exitCode, io } = await dmsa(['report', 'dmsa/lab.example/nobody'], online());
    expect(exitCode).toBe(1);
    expect(io.stderr()).toMatch(/^MIGRATION_NOT_FOUND: /);
  });

  test('what docs/report.md says, without dmsa, verifies it', async () => {
    const script = blocks(page('docs/report.md')).find(({ text }) => text.startsWith('set -e'))!.text;
    await copyFile(join(folder, 'ended.json'), join(folder, 'report.json'));
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder });
    const { digest } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    const [contents, payload, signature] = stdout.trimEnd().split('\n');
    expect(contents).toBe(digest);
    expect(JSON.parse(payload!)).toEqual({ kind: 'dmsa-report', sha256: digest, version: 1 });
    expect(signature).toBe('Signature Verified Successfully');
  });
});
