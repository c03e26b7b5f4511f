import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { run } from '../../../src/bin/run.ts';
import type { MigrationInput } from '../../../workflows/contract.ts';
import { temporalAvailable } from '../../support/temporal.ts';
import { openRealTheatre, type Rehearsal, rehearse, type Theatre } from '../../workflows/support.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

const { available, reason } = await temporalAvailable();
const by = ['--by', 'LAB\\carol', '--reason', 'terminated by mistake'];

describe.skipIf(!available)(`dmsa resume --adopt${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let theatre: Theatre;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-adopt-'));
    theatre = await openRealTheatre();
  });
  afterAll(async () => {
    await theatre?.close();
    await rm(folder, { recursive: true });
  });

  /** The command, on the task queue of whatever runs the migration. */
  async function dmsa({ id }: Rehearsal, args: string[], options: FakeOptions = {}) {
    const { taskQueue } = await workflow(id).describe();
    const env = {
      TEMPORAL_ADDRESS: theatre.env.address,
      TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'),
      DMSA_WORKER_TASK_QUEUE: taskQueue,
    };
    const io = fakeIo({ folder, env, ...options });
    const [command, ...more] = args;
    const exitCode = await run([command!, id, ...more], io);
    return { exitCode, out: io.stdout(), err: stripVTControlCharacters(io.stderr()) };
  }
  const workflow = (id: string) => theatre.env.client.workflow.getHandle(id);
  const adopt = (rehearsal: Rehearsal, args: string[] = [], options: FakeOptions = {}) =>
    dmsa(rehearsal, ['resume', '--adopt', '--wait', '1s', ...by, ...args], options);
  const atGate = ({ until }: Rehearsal) => until(({ gates }) => Boolean(gates[0]?.hash));
  async function startedWith({ id }: Rehearsal): Promise<MigrationInput> {
    const { events } = await workflow(id).fetchHistory();
    const { input } = events![0]!.workflowExecutionStartedEventAttributes!;
    return JSON.parse(Buffer.from(input!.payloads![0]!.data!).toString());
  }
  const runIdOf = async ({ id }: Rehearsal) => (await workflow(id).describe()).runId;

  test('refuses one that runs without a question, and says nothing of an end', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await atGate(rehearsal);
      const runId = await runIdOf(rehearsal);
      for (const [args, options] of [
        [['-y'], {}],
        [[], { answer: 'y' }],
      ] as const) {
        const { exitCode, out, err } = await adopt(rehearsal, [...args], options);
        expect([exitCode, out]).toEqual([2, '']);
        expect(err).toMatch(
          new RegExp(
            `^MIGRATION_RUNNING: ${rehearsal.id} is running: there is nothing to adopt \\(fix: .*\n$`,
          ),
        );
      }
      expect(await runIdOf(rehearsal)).toBe(runId);
      expect((await rehearsal.status()).signals).toEqual([]);
    });
  });

  test('refuses what is no duration, and a reason that would be cut, before anything is asked', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await atGate(rehearsal);
      await workflow(rehearsal.id).terminate('by mistake');
      const runId = await runIdOf(rehearsal);
      const nonsense = await adopt(rehearsal, ['--wait', 'nonsense'], { answer: 'y' });
      expect([nonsense.exitCode, nonsense.out]).toEqual([2, '']);
      expect(nonsense.err).toMatch(
        /^ARGUMENT_INVALID: --wait: "nonsense" is not a duration: write 10s, 10m, 10h or 14d \(fix: .*\n$/,
      );
      const long = await adopt(rehearsal, ['--reason', 'x'.repeat(1025)], { answer: 'y' });
      expect(long.exitCode).toBe(2);
      expect(long.err).toMatch(/^ARGUMENT_INVALID: --reason: has 1025 characters, and at most 1024 are kept/);
      const declined = await adopt(rehearsal, [], { answer: 'n' });
      expect(declined.exitCode).toBe(2);
      expect(declined.err).toContain('It ended at stage gate-start, with 0 steps that an undo would undo.\n');
      expect(declined.err).toContain(`Go on with ${rehearsal.id}? [y/N] `);
      expect(declined.err).toContain('DECLINED: nothing was sent: the answer was no');
      expect(await runIdOf(rehearsal)).toBe(runId);
    });
  });

  test('goes on with one that was terminated, which runs and can be undone; one that ended by itself is over', async () => {
    await rehearse(theatre, { request: { observe: '1h' } }, async (rehearsal) => {
      const { id, plan } = rehearsal;
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      await workflow(id).terminate('by mistake');
      const ended = await dmsa(rehearsal, ['status', '-o', 'json']);
      expect(ended.exitCode).toBe(4);
      const { out, exitCode, err } = await adopt(rehearsal, ['-y']);
      const account = plan.account.samAccountName;
      expect([exitCode, out]).toEqual([0, `Going on with ${id}: dmsa status --watch ${account}\n`]);
      expect(err).toMatch(/^It ended at stage observe, with \d+ steps that an undo would undo\.\n$/);

      await rehearsal.until(({ signals }) => signals.at(-1)?.adopted === true);
      const going = await dmsa(rehearsal, ['status', '-o', 'json']);
      expect(going.exitCode).toBe(0);
      expect((await startedWith(rehearsal)).adopted).toEqual({
        ...{ by: 'LAB\\carol', reason: 'terminated by mistake', wait: '1s' },
      });
      const { execution, gates, journal } = JSON.parse(ended.out);
      expect(JSON.parse(going.out)).toMatchObject({
        ...{ migrationId: id, outcome: 'running', stage: 'observe', ended: false, failure: null },
        ...{ execution, gates, journal },
      });
      expect(JSON.parse(going.out).signals.at(-1)).toMatchObject({
        ...{ signal: 'resume', adopted: true, by: 'LAB\\carol', reason: 'terminated by mistake' },
      });

      expect((await dmsa(rehearsal, ['undo', '-y', ...by])).exitCode).toBe(0);
      await rehearsal.until(({ outcome }) => outcome === 'undone');
      const over = await adopt(rehearsal, ['-y', '-o', 'json']);
      expect(over.exitCode).toBe(1);
      expect(JSON.parse(over.out).error).toMatchObject({
        ...{ code: 'MIGRATION_ENDED', message: `${id} has ended by itself` },
      });
    });
  });
});
