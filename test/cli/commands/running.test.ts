import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { run } from '../../../src/bin/run.ts';
import { migrationId, type Plan } from '../../../src/domain/plan/plan.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { temporalAvailable } from '../../support/temporal.ts';
import { useWorker } from '../../support/worker.ts';
import { type FakeIo, type FakeOptions, fakeIo } from '../fake-io.ts';

describe.skipIf(!(await temporalAvailable()).available)('commands on a migration that runs', () => {
  let folder: string;
  const running = useWorker('cli', fileURLToPath(new URL('../../client/workflows.ts', import.meta.url)));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-cli-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function dmsa(args: string[], options: FakeOptions = {}): Promise<{ exitCode: number; io: FakeIo }> {
    const io = fakeIo({ folder, env: running.environment(folder), ...options });
    return { exitCode: await run(args, io), io };
  }

  async function started(): Promise<{ id: string; plan: Plan }> {
    const { account } = samplePlan();
    const plan = samplePlan({ account: { ...account, samAccountName: `svc-${randomUUID()}` } });
    const file = join(folder, `${plan.account.samAccountName}.json`);
    await writeFile(file, `\ufeff${JSON.stringify(plan)}`);
    const { exitCode, io } = await dmsa(['start', file, '-o', 'json']);
    expect(io.stderr()).toBe('');
    expect(exitCode).toBe(0);
    expect(JSON.parse(io.stdout())).toEqual({
      migrationId: migrationId(plan),
      account: plan.account.samAccountName,
      dmsa: 'dmsa-web',
      planHash: plan.hash,
    });
    return { id: migrationId(plan), plan };
  }
  const by = ['--by', 'LAB\\ann', '--reason', 'seen'];
  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)!;

  test('a second start is refused, exit code 2; an unknown migration is not found, exit code 1.', async () => {
    const { id, plan } = await started();
    const again = await dmsa(['start', `${plan.account.samAccountName}.json`]);
    expect(again.exitCode).toBe(2);
    expect(again.io.stderr()).toBe(
      `MIGRATION_RUNNING: ${id} is running already (fix: Look at it with dmsa status; let it end, or undo it.)\n`,
    );
    const nobody = await dmsa(['status', 'dmsa/lab.example/nobody']);
    expect(nobody.exitCode).toBe(1);
    expect(nobody.io.stderr()).toMatch(
      /^MIGRATION_NOT_FOUND: there is no migration dmsa\/lab\.example\/nobody/,
    );
    await dmsa(['undo', id]);
  });

  test('a vote of the requester is refused with the reason, exit code 2; where nobody is asked a yes needs the hash.', async () => {
    const { id, plan } = await started();
    const own = await dmsa(['approve', id, '--by', plan.requestedBy, '--hash', 'abc']);
    expect(own.exitCode).toBe(2);
    expect(own.io.stderr()).toMatch(
      /^VOTE_REFUSED: VOTE_BY_REQUESTER: the requester may not approve the migration \(fix: /,
    );
    const blind = await dmsa(['approve', id, ...by]);
    expect(blind.exitCode).toBe(2);
    expect(lastLine(blind.io.stderr())).toContain(
      'there is no terminal to ask on: name the evidence with --hash',
    );
    const declined = await dmsa(['approve', id, ...by], { answer: 'n' });
    expect(declined.exitCode).toBe(2);
    expect(stripVTControlCharacters(declined.io.stderr())).toContain('Gate "start": 0 of 1 vote');
    expect(lastLine(declined.io.stderr())).toContain('nothing was approved');
    await dmsa(['undo', id]);
  });

  test('an approval on a terminal is asked for, recorded, and ends in the outcome; then nothing can be sent.', async () => {
    const { id } = await started();
    const approved = await dmsa(['approve', id, ...by], { answer: 'yes' });
    expect(approved.exitCode).toBe(0);
    expect(approved.io.stdout()).toBe(`Approved gate "start" of ${id} as LAB\\ann, evidence abc\n`);
    const watched = await dmsa(['status', id, '--watch']);
    expect(watched.exitCode).toBe(0);
    expect(lastLine(watched.io.stdout())).toBe('completed');
    const late = await dmsa(['undo', id, ...by]);
    expect(late.exitCode).toBe(1);
    expect(late.io.stderr()).toContain(`MIGRATION_ENDED: ${id} is completed`);
  });

  test('undo asks on a terminal, and its outcome is exit code 3.', async () => {
    const { id } = await started();
    const declined = await dmsa(['undo', id, ...by], { answer: '' });
    expect(declined.exitCode).toBe(2);
    expect((await dmsa(['status', id])).exitCode).toBe(0);
    const sent = await dmsa(['undo', id, ...by, '-o', 'json', '-y']);
    expect(JSON.parse(sent.io.stdout())).toEqual({
      migrationId: id,
      sent: 'undo',
      by: 'LAB\\ann',
      reason: 'seen',
    });
    const watched = await dmsa(['status', id, '--watch', '-o', 'jsonl']);
    expect(watched.exitCode).toBe(3);
    const objects = watched.io
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.at(-1)).toMatchObject({ migrationId: id, outcome: 'undone' });
    expect((await dmsa(['status', id])).exitCode).toBe(3);
  });

  test('a status is text for people and one object as JSON; list shows what runs.', async () => {
    const { id, plan } = await started();
    const text = await dmsa(['status', id]);
    expect(text.io.stdout()).toContain(`${plan.account.samAccountName} → dmsa-web`);
    expect(text.io.stdout()).not.toContain('\u001b');
    expect((await dmsa(['status', id, '--color', 'always'])).io.stdout()).toContain('\u001b[');
    expect(JSON.parse((await dmsa(['status', id, '-o', 'json'])).io.stdout())).toMatchObject({
      migrationId: id,
    });
    const listed = async () =>
      JSON.parse((await dmsa(['list', '-o', 'json'])).io.stdout()).migrations.map(
        (each: { migrationId: string }) => each.migrationId,
      );
    await expect.poll(listed).toContain(id);
    expect((await dmsa(['list'])).io.stdout()).toMatch(/^ACCOUNT +OUTCOME +STAGE +NEEDS +STARTED/);
    await dmsa(['undo', id]);
  });

  test('on a terminal the watch draws in place and leaves the last status; Ctrl-C ends it with 130.', async () => {
    const { id } = await started();
    const io = fakeIo({
      folder,
      answer: '',
      env: { ...running.environment(folder), TERM: 'xterm' },
    });
    const watching = run(['status', id, '--watch'], io);
    await expect.poll(() => stripVTControlCharacters(io.stdout())).toContain('Gate "start": 0 of 1 vote');
    io.interrupt();
    expect(await watching).toBe(130);
    expect(io.stdout()).toContain('\u001b[');
    await dmsa(['undo', id]);
  });

  test('pause, resume, retry and allow are sent; without a directory a principal has to be a SID.', async () => {
    const { id } = await started();
    for (const command of ['pause', 'resume', 'retry'])
      expect((await dmsa([command, id, ...by])).exitCode).toBe(0);
    const bad = await dmsa(['allow', id, 'WEB01$', ...by]);
    expect(bad.exitCode).toBe(2);
    expect(bad.io.stderr()).toContain(
      'SETTINGS_INVALID: <principal>: WEB01$ is looked up in the directory, whose settings are missing or wrong: ',
    );
    for (const sid of ['S-1-5-21-1-2-3-', 'S-1-5', 'S-1-5-4294967296']) {
      const malformed = await dmsa(['allow', id, sid, ...by]);
      expect(malformed.exitCode).toBe(2);
      expect(malformed.io.stderr()).toContain(`"${sid}" is not a SID`);
    }
    const allowed = await dmsa(['allow', id, 'S-1-5-21-1-2-3-1104', ...by]);
    expect(allowed.io.stdout()).toBe(`Allowed S-1-5-21-1-2-3-1104 in ${id}\n`);
    expect(allowed.io.stderr()).toContain('S-1-5-21-1-2-3-1104: not looked up: ');
    expect(JSON.parse((await dmsa(['status', id, '-o', 'json'])).io.stdout())).toMatchObject({
      paused: false,
      allowedPrincipals: [{ sid: 'S-1-5-21-1-2-3-1104', by: 'LAB\\ann', reason: 'seen' }],
    });
    await dmsa(['undo', id]);
  });

  test('without a server it says so in one line, exit code 1.', async () => {
    const { exitCode, io } = await dmsa(['list'], { env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
    expect(exitCode).toBe(1);
    expect(io.stderr()).toMatch(/^TEMPORAL_UNAVAILABLE: .*\n$/);
  });
});
