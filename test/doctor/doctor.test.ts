import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../lab/certificates.ts';
import type { LabFaults } from '../../lab/faults.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology, managementHost, twoControllers } from '../../lab/topology.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Check } from '../../src/doctor/check.ts';
import { type DoctorRequest, diagnose } from '../../src/doctor/doctor.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';

let folder: string;
let lab: Lab;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-doctor-'));
  lab = await startLab({ topology: { ...defaultTopology(), controllers: twoControllers() } });
});
afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true });
});

/** Without settings for it Temporal is not waited for; what is seen of it is another file's. */
const noTemporal = new DmsaError('SETTINGS_INVALID', 'x', 'x');

/** By name. */
async function checks(settings: Settings | DmsaError, changes: Partial<DoctorRequest> = {}) {
  const { checks: found, summary } = await diagnose({
    settings,
    client: noTemporal,
    file: '/etc/dmsa.toml',
    account: null,
    env: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    now: () => new Date(),
    signal: new AbortController().signal,
    limitMs: 2_000,
    ...changes,
  });
  expect(Object.values(summary).reduce((sum, count) => sum + count)).toBe(found.length);
  return new Map(found.map((check) => [check.name, check]));
}

async function labWith(faults: LabFaults): Promise<Lab> {
  const other = await startLab({ faults });
  onTestFinished(() => other.close());
  return other;
}

const file = async (name: string, content: string) => {
  await writeFile(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
};
const directory = (changes: object): Settings => ({
  ...lab.settings,
  directory: { ...lab.settings.directory, ...changes } as Settings['directory'],
});
const verdict = (found: Map<string, Check>, name: string) => found.get(name)?.verdict;
const dcs = () => Object.keys(lab.controllers);

describe('the directory', () => {
  test('with another CA fails by its certificates alone, and the rest is not checked', async () => {
    const caFile = await file('other.pem', createAuthority(new Date()).certificate);
    const found = await checks(directory({ caFile }));
    for (const dc of dcs()) {
      expect(found.get(`certificate ${dc}`)).toMatchObject({
        verdict: 'fail',
        seen: expect.stringContaining('CERTIFICATE_INVALID'),
        fix: expect.stringContaining('ca-file'),
      });
      expect(found.get(`directory ${dc}`)).toMatchObject({
        verdict: 'not-checked',
        seen: 'no connection that can be trusted',
      });
    }
    for (const name of ['domain', 'rights']) expect(verdict(found, name)).toBe('not-checked');
    expect(verdict(found, 'management host')).toBe('ok');
  });

  test('with a wrong password fails by its bind', async () => {
    const found = await checks(directory({ password: { file: await file('wrong', 'wrong') } }));
    expect(found.get(`directory ${dcs()[0]}`)).toMatchObject({
      verdict: 'fail',
      seen: expect.stringMatching(/^BIND_REFUSED: .*user or password is wrong/),
      fix: expect.stringContaining('Check user and password'),
    });
    expect(verdict(found, `certificate ${dcs()[0]}`)).toBe('ok');
    expect(verdict(found, 'domain')).toBe('not-checked');
  });

  test('with one controller away fails by that one, and the domain is read by the other', async () => {
    const [one, two] = dcs();
    const hosts = { ...lab.settings.hosts, [one!]: { address: '127.0.0.1', port: 1 } };
    const found = await checks({ ...lab.settings, hosts });
    expect(found.get(`certificate ${one}`)).toMatchObject({
      verdict: 'fail',
      seen: expect.stringContaining('DIRECTORY_UNREACHABLE'),
    });
    expect(verdict(found, `directory ${two}`)).toBe('ok');
    expect(verdict(found, 'domain')).toBe('ok');
  });

  test('that does not answer fails when the time is over', async () => {
    const silent = await labWith({ ldap: { onOperation: () => 'silent' } });
    const found = await checks(silent.settings, { limitMs: 400 });
    expect(found.get(`directory ${Object.keys(silent.controllers)[0]}`)).toMatchObject({
      verdict: 'fail',
      seen: 'no answer within 0.4 s',
    });
  });

  test('without the schema of Windows Server 2025 fails as preflight does, with the same fix', async () => {
    const topology = { ...defaultTopology(), lacking: ['msDS-DelegatedMSAState'] };
    const old = await startLab({ topology });
    onTestFinished(() => old.close());
    expect((await checks(old.settings)).get('domain')).toMatchObject({
      verdict: 'fail',
      seen: 'SCHEMA_LACKS_DMSA schema: it lacks msDS-DelegatedMSAState',
    });
  });
});

describe('the clock', () => {
  test.each([
    [600_000, 'fail', '600 s ahead of'],
    [-301_000, 'fail', '301 s behind'],
    [60_000, 'warn', '60 s ahead of'],
    [0, 'ok', '[012] s (ahead of|behind)'],
  ])('%d ms ahead: %s', async (ahead, expected, seen) => {
    const found = await checks(lab.settings, { now: () => new Date(Date.now() + ahead) });
    for (const name of [`clock of ${dcs()[0]}`, 'clock of the management host'])
      expect(found.get(name)!.verdict).toBe(expected);
    const seconds = Number(/\d+/.exec(seen)?.[0] ?? 0);
    if (ahead === 0) expect(found.get(`clock of ${dcs()[0]}`)!.seen).toMatch(new RegExp(seen));
    else {
      const told = Number(/\d+/.exec(found.get(`clock of ${dcs()[0]}`)!.seen)![0]);
      expect(Math.abs(told - seconds)).toBeLessThan(5);
    }
  });
});

describe('the management host', () => {
  test('that is away fails, and what is on it is not checked', async () => {
    const hosts = { ...lab.settings.hosts, [managementHost]: { address: '127.0.0.1', port: 1 } };
    const found = await checks({ ...lab.settings, hosts });
    expect(found.get('management host')).toMatchObject({
      verdict: 'fail',
      seen: expect.stringContaining('HOST_UNREACHABLE'),
    });
    for (const name of ['ActiveDirectory module', 'cmdlets', 'clock of the management host'])
      expect(found.get(name)).toMatchObject({
        verdict: 'not-checked',
        seen: `${managementHost} does not answer`,
      });
    expect(verdict(found, 'domain')).toBe('ok');
  });

  test.each([
    ['HOST_KEY_MISMATCH', { onHostKey: () => 'another' }],
    ['LOGIN_REFUSED', { onLogin: () => 'refuse' }],
    ['POWERSHELL_MISSING|ANSWER_INVALID|SESSION_LOST', { onSession: () => 'refuse' }],
    ['no answer within 1 s', { onSession: () => 'hang' }],
  ] as [string, LabFaults['ssh']][])('fails with %s', async (seen, ssh) => {
    const faulty = await labWith({ ssh });
    const found = await checks(faulty.settings, { limitMs: 1_000 });
    expect(found.get('management host')).toMatchObject({
      verdict: 'fail',
      seen: expect.stringMatching(seen),
    });
    expect(found.get('management host')!.fix).not.toBeNull();
  });

  test('from which no domain controller can be asked fails by its cmdlets', async () => {
    const urls = ['ldaps://dc9.lab.example:636'];
    const found = await checks(directory({ urls }));
    expect(found.get('cmdlets')).toMatchObject({
      verdict: 'fail',
      seen: expect.stringContaining('RPC_UNAVAILABLE'),
    });
    expect(verdict(found, 'ActiveDirectory module')).toBe('ok');
  });
});

test('rights that a directory does not tell are unknown, and so are those of a session elsewhere', async () => {
  const found = await checks(lab.settings, { account: 'svc-finance' });
  const [container, account] = ['rights on the container', 'rights on the account'].map(
    (name) => found.get(name)!,
  );
  expect(container).toMatchObject({ verdict: 'unknown', seen: expect.stringContaining('cannot bind') });
  expect(account!.verdict).toBe('unknown');
  const session = await checks({
    ...lab.settings,
    powershell: { ...lab.settings.powershell, credential: null },
  });
  expect(session.get('rights on the container')).toMatchObject({
    verdict: 'unknown',
    seen: expect.stringContaining('the session on the management host'),
  });
});

test('settings that are wrong fail, and what needs them is not checked', async () => {
  const error = new DmsaError('SETTINGS_INVALID', 'x', 'dmsa.toml: [management] host: is missing');
  const found = await checks(error);
  expect(found.get('settings')).toMatchObject({
    verdict: 'fail',
    seen: expect.stringContaining('[management] host'),
  });
  for (const name of ['secrets', 'Temporal', 'worker', 'directory', 'management host', 'rights', 'records'])
    expect(found.get(name)).toMatchObject({ verdict: 'not-checked', seen: 'the settings cannot be used' });
  const without = await checks(error, { file: null });
  expect(without.get('settings')!.fix).toContain('dmsa init');
});

test('an interruption ends it', async () => {
  const signal = AbortSignal.abort(new Error('interrupted'));
  await expect(checks(lab.settings, { signal })).rejects.toThrow('interrupted');
});

test('a lab in order is found in order, but for Temporal, and no secret is told', async () => {
  const found = await checks(lab.settings, { client: lab.settings, limitMs: 1_000 });
  const wrong = [...found.values()].filter((check) => !['ok', 'unknown'].includes(check.verdict));
  expect(wrong.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['Temporal', 'fail'],
    ['worker', 'not-checked'],
    ['search attributes', 'not-checked'],
  ]);
  expect(found.get('domain')!.seen).toContain(dcs()[0]);
  expect(found.get('ActiveDirectory module')!.seen).toContain('Complete-ADServiceAccountMigration');
});
