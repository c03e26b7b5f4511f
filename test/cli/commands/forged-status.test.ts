import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newPrivateKey, publicKeyOf } from '../../../src/approval/keys.ts';
import { readSignedVote } from '../../../src/approval/signed-votes.ts';
import { run } from '../../../src/bin/run.ts';
import { errorKinds } from '../../../src/domain/errors/errors.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import { type ApproverKey, migrationId, type Plan } from '../../../src/domain/plan/plan.ts';
import { workflowType } from '../../../workflows/contract.ts';
import { gate, waiting } from '../../domain/migration/sample-status.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { quietRuntime } from '../../support/quiet-runtime.ts';
import { temporalAvailable, unique } from '../../support/temporal.ts';
import { useWorker } from '../../support/worker.ts';
import { fakeIo } from '../fake-io.ts';
import type { ForgedInput } from './forging.ts';

quietRuntime();
const { available, reason } = await temporalAvailable();
const hash = 'e'.repeat(64);

describe.skipIf(!available)(`the word of a workflow${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let key: ApproverKey;
  const forging = useWorker('forged', fileURLToPath(new URL('./forging.ts', import.meta.url)));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-forged-'));
    const bob = await newPrivateKey('LAB\\bob');
    key = publicKeyOf(bob) as ApproverKey;
    await writeFile(join(folder, 'bob.jwk'), JSON.stringify(bob), { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true }));

  function planOf(samAccountName: string): Plan {
    const { account } = samplePlan();
    return samplePlan({ account: { ...account, samAccountName }, approverKeys: { keys: [key] } });
  }

  /** Starts it under the id of this plan's migration; `input` and `says` are what is forged. */
  async function started(plan: Plan, input: Partial<ForgedInput>, says: Partial<MigrationStatus> = {}) {
    const workflowId = migrationId(plan);
    const open = gate({ name: 'start', signed: true, hash });
    const honest = { ...waiting, migrationId: workflowId, planHash: plan.hash, execution: 'run-1' };
    const args = [{ plan, ...input, says: { ...honest, gates: [open], ...says } }];
    const handle = await forging.temporal.client.workflow.start(workflowType, {
      workflowId,
      taskQueue: forging.taskQueue,
      args,
    });
    onTestFinished(async () => void (await handle.terminate()));
    return handle;
  }

  /** Votes as Bob, and says what was sent. */
  async function approve(handle: Awaited<ReturnType<typeof started>>, answer?: string) {
    const io = fakeIo({ folder, env: forging.environment(folder), answer });
    const seen = answer === undefined ? ['--hash', hash] : [];
    const exitCode = await run(['approve', handle.workflowId, '--key', 'bob.jwk', ...seen], io);
    const { events } = await handle.fetchHistory();
    const sent = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal ? [JSON.parse(Buffer.from(signal.input!.payloads![0]!.data!).toString())] : [],
    );
    return { exitCode, out: io.stdout(), err: io.stderr(), sent };
  }

  test('that its plan is another than it was started with: nothing is signed', async () => {
    const plan = planOf(unique('svc'));
    const other = samplePlan({ requestedBy: 'LAB\\eve' });
    const forged = await started(plan, {}, { planHash: other.hash });
    const { exitCode, out, err, sent } = await approve(forged);
    expect([exitCode, out, sent]).toEqual([2, '', []]);
    expect(err).toBe(
      `STATUS_FORGED: ${forged.workflowId}: nothing is signed: its status says plan ${other.hash.slice(0, 16)}, and it was started with ${plan.hash.slice(0, 16)} (fix: ${errorKinds.STATUS_FORGED.fix})\n`,
    );
  });

  test('that it migrates the account of its id, where its plan is that of another: nothing is signed', async () => {
    const plan = planOf(unique('svc'));
    const other = planOf(unique('svc-other'));
    const forged = await started(plan, { plan: other }, { planHash: other.hash });
    const { exitCode, out, err, sent } = await approve(forged);
    expect([exitCode, out, sent]).toEqual([2, '', []]);
    expect(err).toContain(
      `${forged.workflowId}: nothing is signed: it was started with the plan of ${migrationId(other)} (fix: `,
    );
  });

  test('that its plan has a hash, which is not that of what the plan says: nothing is signed', async () => {
    const plan = planOf(unique('svc'));
    const forged = await started(plan, { plan: { ...plan, requestedBy: 'LAB\\eve' } });
    const { exitCode, out, err, sent } = await approve(forged);
    expect([exitCode, out, sent]).toEqual([2, '', []]);
    expect(err).toMatch(/^PLAN_EDITED: hash: /);
  });

  test('that has no plan: nothing is signed', async () => {
    const forged = await started(planOf(unique('svc')), { plan: undefined });
    const { exitCode, out, err, sent } = await approve(forged);
    expect([exitCode, out, sent]).toEqual([2, '', []]);
    expect(err).toContain(
      `STATUS_FORGED: ${forged.workflowId}: nothing is signed: Temporal has no plan of its start (fix: `,
    );
  });

  test('in which a terminal would be told what to do is shown, and not obeyed', async () => {
    const gates = [gate({ name: 'start', hash: '\u001b[2J' })];
    const says = { account: 'svc\u001b[2J', dmsa: 'dmsa\u202e', gates };
    const forged = await started(planOf(unique('svc')), {}, says);
    const { exitCode, out, err } = await approve(forged, 'y');
    expect(exitCode).toBe(0);
    expect(out).toBe(`Approved gate "start" of ${forged.workflowId} as LAB\\bob, evidence \\u{1b}[2J\n`);
    expect(err).toContain('Approve "start" for svc\\u{1b}[2J → dmsa\\u{202e}? [y/N] ');
    expect(err).not.toContain('\u001b[2J');
    expect(err).not.toContain('\u202e');
  });

  test.each([
    ['that it takes unsigned votes', { gates: [gate({ name: 'start', hash })] }],
    ['that it is another migration', { migrationId: 'dmsa/lab.example/other' }],
    ['that holds', {}],
  ])('%s: what is signed is for this migration and what its plan says', async (_, says) => {
    const plan = planOf(unique('svc'));
    const { exitCode, err, sent } = await approve(await started(plan, {}, says as Partial<MigrationStatus>));
    expect([exitCode, err]).toEqual([0, '']);
    expect(sent).toEqual([{ jws: expect.any(String), id: expect.any(String) }]);
    const { claims } = (await readSignedVote(sent[0].jws, { keys: [key] }))!;
    const { at: _at, ...signed } = claims;
    expect(signed).toEqual({
      ...{ migration: migrationId(plan), execution: 'run-1', plan: plan.hash, gate: 'start', hash },
      ...{ decision: 'approve', by: 'LAB\\bob', reason: '' },
    });
  });
});
