import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { isGrpcServiceError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { defaultTopology, labHost } from '../../../lab/topology.ts';
import { run } from '../../../src/bin/run.ts';
import { settingsToml } from '../../../src/config/write.ts';
import type { MigrationInput } from '../../../workflows/contract.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../../support/temporal.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

const { available, reason } = await temporalAvailable();
const spn = 'HTTP/elsewhere.lab.example';
/** Of gRPC. */
const notFound = 5;

/** No worker takes what is started: only what is asked of Temporal counts here. */
describe.skipIf(!available)(`dmsa start${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let temporal: TestTemporal;
  let lab: Lab;
  let folder: string;
  let id: string;
  let account: string;

  beforeAll(async () => {
    temporal = await connectTestTemporal();
  });
  afterAll(() => temporal.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-start-'));
    account = `svc-${randomBytes(4).toString('hex')}`;
    id = `dmsa/lab.example/${account}`;
    const topology = defaultTopology({ restartMs: 0, account });
    topology.hosts.push(labHost('old01', [], { build: 20348 }));
    lab = await startLab({ topology });
    const settings = { ...lab.settings, worker: { taskQueue: unique('start') } };
    await writeFile(join(folder, 'dmsa.toml'), settingsToml(settings));
  });
  afterEach(async () => {
    await temporal.client.workflow
      .getHandle(id)
      .terminate()
      .catch(() => undefined);
    await lab.close();
    await rm(folder, { recursive: true });
  });

  async function dmsa(args: string[], options: FakeOptions = {}) {
    const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') };
    const io = fakeIo({ folder, env, ...options });
    const exitCode = await run(args, io);
    return { exitCode, out: io.stdout(), err: stripVTControlCharacters(io.stderr()) };
  }
  const about = (host = 'fin01') => [
    ...[account, '--dmsa', 'dmsa-finance', '--host', `${host}.lab.example`, '--by', 'LAB\\alice'],
  ];
  const saved = async () => JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'));
  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

  async function save(): Promise<void> {
    expect((await dmsa(['plan', ...about(), '--out', 'plan.json'])).exitCode).toBe(0);
  }

  /** What the workflow was started with; null where none was. */
  async function startedWith(): Promise<MigrationInput | null> {
    const history = await temporal.client.workflow
      .getHandle(id)
      .fetchHistory()
      .catch((error) => {
        if (isGrpcServiceError(error) && error.code === notFound) return null;
        throw error;
      });
    const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    return payload ? JSON.parse(Buffer.from(payload.data!).toString()) : null;
  }

  test('refuses a plan whose directory has changed since with the difference, and starts nothing', async () => {
    await save();
    await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: [spn] });
    const { exitCode, out, err } = await dmsa(['start', 'plan.json']);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(new RegExp(`^PLAN_DRIFTED: ${id}: since the plan was made: .* \\(fix: .*\\)\n$`));
    expect(err).toContain(`account.servicePrincipalNames.${spn}: absent → ${spn}`);
    expect(await startedWith()).toBeNull();
  });

  test('starts a plan that is still true, with what was there when it was made', async () => {
    await save();
    const { hash } = await saved();
    const { exitCode, out, err } = await dmsa(['start', 'plan.json', '-o', 'json']);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toBe(
      `${JSON.stringify({ migrationId: id, account, dmsa: 'dmsa-finance', planHash: hash })}\n`,
    );
    const { seen, ...plan } = await saved();
    expect(await startedWith()).toEqual({ plan, seen });
  });

  test('without what was there says in one line that nothing is compared, and starts all the same', async () => {
    await save();
    const { seen: _, ...plan } = await saved();
    await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
    await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: [spn] });
    const { exitCode, out, err } = await dmsa(['start', 'plan.json']);
    expect([exitCode, out]).toEqual([0, `Started ${id}: dmsa status --watch ${account}\n`]);
    expect(err).toBe('The plan does not say what was there when it was made: nothing is compared.\n');
    expect(await startedWith()).toEqual({ plan });
  });

  test('without settings says that the worker compares, and gives it what was there', async () => {
    await save();
    await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: [spn] });
    await rm(join(folder, 'dmsa.toml'));
    const { exitCode, err } = await dmsa(['start', 'plan.json']);
    expect(exitCode).toBe(0);
    expect(err).toBe(
      'Directory and hosts are not looked at here, without their settings: the worker compares them.\n',
    );
    expect((await startedWith())!.seen).toEqual((await saved()).seen);
  });

  test('that plans starts nothing where a finding blocks it, whoever says yes beforehand', async () => {
    const { exitCode, out, err } = await dmsa(['start', ...about('old01'), '-y']);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain('block HOST_TOO_OLD old01.lab.example');
    expect(lastLine(err)).toMatch(/^PREFLIGHT_BLOCKED: blocked by HOST_TOO_OLD old01\.lab\.example \(fix: /);
    const json = await dmsa(['start', ...about('old01'), '-y', '-o', 'json']);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'PREFLIGHT_BLOCKED' }, plan: null });
    expect(await startedWith()).toBeNull();
  });

  test('that plans starts nothing where a person says no, or nobody is there to be asked', async () => {
    const no = await dmsa(['start', ...about()], { answer: 'n' });
    expect([no.exitCode, no.out]).toEqual([2, '']);
    expect(lastLine(no.err)).toMatch(/^DECLINED: nothing was started: the answer was no \(fix: /);
    const nobody = await dmsa(['start', ...about()]);
    expect([nobody.exitCode, nobody.out]).toEqual([2, '']);
    expect(lastLine(nobody.err)).toMatch(
      /^NO_TERMINAL: there is no terminal to ask on: save the plan with dmsa plan --out and start that, or give --yes \(fix: /,
    );
    expect(await startedWith()).toBeNull();
  });

  test('that plans shows the plan, asks, and starts just that where a person says yes', async () => {
    const { exitCode, out, err } = await dmsa(['start', ...about()], { answer: 'y' });
    expect([exitCode, out]).toEqual([0, `Started ${id}: dmsa status --watch ${account}\n`]);
    const { plan, seen } = (await startedWith())!;
    expect(err).toMatch(new RegExp(`^Plan ${plan.hash.slice(0, 16)}: ${account} → dmsa-finance\\$\n`));
    expect(err).toContain('info  CONSTRAINED_DELEGATION');
    expect(err).toContain(`Start the migration of ${account}? [y/N] `);
    expect(seen!.account!.samAccountName).toBe(account);
  });

  test('that plans does not ask with -y, and as JSON prints one object and nothing besides', async () => {
    const { exitCode, out, err } = await dmsa(['start', ...about(), '-y', '-o', 'json']);
    expect([exitCode, err]).toEqual([0, '']);
    const planHash = (await startedWith())!.plan.hash;
    expect(out).toBe(`${JSON.stringify({ migrationId: id, account, dmsa: 'dmsa-finance', planHash })}\n`);
    const again = await dmsa(['start', ...about(), '-y'], { answer: 'n' });
    expect(again.exitCode).toBe(2);
    expect(again.err).not.toContain('[y/N]');
    expect(lastLine(again.err)).toMatch(new RegExp(`^MIGRATION_RUNNING: ${id} is running already \\(fix: `));
  });
});
