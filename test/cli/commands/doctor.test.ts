import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { type Check, fail, notChecked, ok, unknown, verdicts, warn } from '../../../src/doctor/check.ts';
import type { DoctorRequest } from '../../../src/doctor/doctor.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-doctor-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function doctor(args: string[], checks: Check[], options: FakeOptions = {}) {
  let asked: DoctorRequest | null = null;
  const assembly = {
    async diagnose(request: DoctorRequest) {
      asked = request;
      const count = (verdict: string) => checks.filter((check) => check.verdict === verdict).length;
      return { checks, summary: Object.fromEntries(verdicts.map((verdict) => [verdict, count(verdict)])) };
    },
  } as unknown as Assembly;
  const io = fakeIo({ folder, ...options });
  const exitCode = await run(['doctor', ...args], io, assembly);
  return { exitCode, out: io.stdout(), err: io.stderr(), asked: asked as DoctorRequest | null };
}

const everything = [
  fail('certificate dc1', 'certificate has expired', 'Renew it.'),
  notChecked('directory dc1', 'no connection that can be trusted'),
  warn('records', 'others may read records', 'chmod 700 records'),
  unknown('rights', 'nobody says'),
  ok('Node.js', '24.1.0'),
];

test('something that failed is exit code 1, told with its fix and with what could not be checked', async () => {
  const { exitCode, out } = await doctor([], everything);
  expect(exitCode).toBe(1);
  expect(out).toBe(`FAIL  certificate dc1  certificate has expired
                       fix: Renew it.
-     directory dc1    not checked: no connection that can be trusted
warn  records          others may read records
                       fix: chmod 700 records
?     rights           unknown: nobody says
ok    Node.js          24.1.0

1 ok, 1 to look at, 1 failed, 1 unknown, 1 not checked
`);
});

test('a warning is none', async () => {
  expect((await doctor([], everything.slice(1))).exitCode).toBe(0);
});

test('a time that makes no sense is refused before anything is looked at', async () => {
  const { exitCode, asked, err } = await doctor(['--timeout', '0'], []);
  expect([exitCode, asked]).toEqual([2, null]);
  expect(err).toContain('--timeout: write seconds, from 1 to 600');
});

test('settings that are wrong are handed on as what was found', async () => {
  await writeFile(join(folder, 'dmsa.toml'), '[directory]\nurl = 1\n');
  const { asked, exitCode } = await doctor(['--account', 'svc-web', '--timeout', '3'], everything.slice(1));
  expect(exitCode).toBe(0);
  expect(asked).toMatchObject({
    settings: { code: 'SETTINGS_INVALID' },
    file: join(folder, 'dmsa.toml'),
    account: 'svc-web',
    limitMs: 3_000,
  });
  const without = await doctor([], [], { folder: '/nowhere' });
  expect(without.asked).toMatchObject({ file: null, client: { worker: { taskQueue: 'dmsa' } } });
});

test('as JSON it is one object; what a server says cannot steer a terminal', async () => {
  const { out } = await doctor(['-o', 'json'], everything);
  expect(JSON.parse(out)).toEqual({
    checks: everything,
    summary: { ok: 1, warn: 1, fail: 1, unknown: 1, 'not-checked': 1 },
  });
  expect((await doctor([], [ok('x', 'a\u001b[2Jb')])).out).toContain('a\\u{1b}[2Jb');
});
