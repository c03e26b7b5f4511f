import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { defaultTopology, labHost } from '../../../lab/topology.ts';
import { run } from '../../../src/bin/run.ts';
import { settingsToml } from '../../../src/config/write.ts';
import { fakeIo } from '../fake-io.ts';

let lab: Lab;
let folder: string;

beforeAll(async () => {
  const topology = defaultTopology({ restartMs: 0 });
  topology.hosts.push(labHost('old01', [], { build: 20348 }));
  lab = await startLab({ topology });
});
afterAll(() => lab.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-plan-'));
  await writeFile(join(folder, 'dmsa.toml'), settingsToml(lab.settings));
});
afterEach(() => rm(folder, { recursive: true }));

/** The exit code, and what was found: the same plan without and with `--detailed-exitcode`. */
async function bothWays(...more: string[]) {
  const about = ['plan', 'svc-finance', '--dmsa', 'dmsa-finance', '--by', 'LAB\\alice', ...more];
  const answers = [];
  for (const flags of [[], ['--detailed-exitcode']]) {
    const io = fakeIo({ folder });
    const exitCode = await run([...about, '-o', 'json', ...flags], io);
    const { findings, plan } = JSON.parse(io.stdout());
    const found = findings.map(({ severity, code }: { severity: string; code: string }) => [severity, code]);
    answers.push({ exitCode, found, planned: plan !== null, err: io.stderr() });
  }
  return answers;
}

const fin01 = ['--host', 'fin01.lab.example'];
const old01 = ['--host', 'old01.lab.example'];
const delegation = ['info', 'CONSTRAINED_DELEGATION'];

test('what is blocked ends with 2, asked for details or not, and nothing is saved.', async () => {
  const file = join(folder, 'plan.json');
  for (const { exitCode, found, planned, err } of await bothWays(...fin01, ...old01, '--out', file)) {
    expect([exitCode, planned]).toEqual([2, false]);
    expect(found).toContainEqual(['block', 'HOST_TOO_OLD']);
    expect(found).toContainEqual(delegation);
    expect(err).toMatch(/^PREFLIGHT_BLOCKED: blocked by HOST_TOO_OLD old01\.lab\.example \(fix: /);
  }
  await expect(stat(file)).rejects.toThrow('ENOENT');
});

test('findings that do not block end with 0, and with 5 where details are asked for; the plan is saved.', async () => {
  const file = join(folder, 'plan.json');
  const answer = { found: [delegation], planned: true, err: '' };
  expect(await bothWays(...fin01, '--out', file)).toEqual([
    { exitCode: 0, ...answer },
    { exitCode: 5, ...answer },
  ]);
  expect((await stat(file)).isFile()).toBe(true);
});

test('an approver whom the directory does not know is a finding, too.', async () => {
  const found = [delegation, ['warn', 'PERSON_UNKNOWN']];
  expect(await bothWays(...fin01, '--approver', 'LAB\\nobody')).toMatchObject([
    { exitCode: 0, found },
    { exitCode: 5, found },
  ]);
});

test('where nothing was found it is 0, asked for details or not.', async () => {
  const delegating = lab.topology.account.allowedToDelegateTo;
  const setDelegation = (to: string[]) =>
    lab.dc.store.replace(lab.seeded.accountDn, { 'msDS-AllowedToDelegateTo': to });
  await setDelegation([]);
  onTestFinished(() => setDelegation(delegating));
  const answer = { exitCode: 0, found: [], planned: true, err: '' };
  expect(await bothWays(...fin01)).toEqual([answer, answer]);
});
