import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import type { Migrations } from '../../../src/client/migrations.ts';
import { errorKinds } from '../../../src/domain/errors/errors.ts';
import type { SignalRefusalCode } from '../../../src/domain/migration/signals.ts';
import { waiting } from '../../domain/migration/sample-status.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

const id = waiting.migrationId;
const who = { by: 'LAB\\ann', reason: 'is being replaced' };
const host = 'web02.lab.example';

let folder: string;
let sent: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-skip-'));
  sent = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** The command for this migration; `code` is why the migration does nothing about it. */
async function dmsa(
  [name, ...args]: string[],
  code: SignalRefusalCode | null = null,
  options: FakeOptions = {},
  named = host,
) {
  const migrations = {
    status: async () => ({ ...waiting, progress: {}, ended: false }),
    send: async (_: string, signal: string, payload: { host?: string; for?: string }) => {
      sent.push([signal, payload]);
      const about = payload.host ? named : payload.for;
      const verdict = code === null ? 'accepted' : 'refused';
      return { signal, about, ...who, at: '2026-01-01T00:00:00.000Z', verdict, code };
    },
  } as unknown as Migrations;
  const assembly = {
    connect: async () => ({ migrations, close: async () => undefined }),
  } as unknown as Assembly;
  const io = fakeIo({ folder, ...options });
  const given = [name!, id, ...args, '--by', who.by, '--reason', who.reason];
  const exitCode = await run(given, io, assembly);
  return { exitCode, out: io.stdout(), err: io.stderr() };
}

test('a person who is asked and says no skips nothing', async () => {
  const { exitCode, err } = await dmsa(['skip', 'web02'], null, { answer: 'n' });
  expect(exitCode).toBe(2);
  expect(err).toContain('nothing was sent');
  expect(sent).toEqual([]);
});

test('what the migration refuses is told with its reason, exit code 2', async () => {
  const skipped = await dmsa(['skip', 'web02', '-y'], 'SIGNAL_HOST_DONE');
  expect([skipped.exitCode, skipped.out]).toEqual([2, '']);
  expect(skipped.err).toContain(`SIGNAL_REFUSED: ${host}: it has had its turn, and is well`);
  expect((await dmsa(['retry', '--host', 'web02'], 'SIGNAL_HOST_NOT_FAILED')).exitCode).toBe(2);
});

test('a host and accepted differences are two things: nothing is sent for both', async () => {
  const { exitCode } = await dmsa(['retry', '--host', 'web02', '--accept', '-y']);
  expect(exitCode).toBe(2);
  expect(sent).toEqual([]);
});

test('an observation is made longer by what is asked for, or the reason is told', async () => {
  const longer = await dmsa(['extend', '7d', '-o', 'json']);
  expect(JSON.parse(longer.out)).toEqual({ migrationId: id, sent: 'extend', ...who, for: '7d' });
  expect(sent).toEqual([['extendObservation', { ...who, for: '7d' }]]);
  const refused = await dmsa(['extend', '7d'], 'SIGNAL_NOT_OBSERVING');
  expect([refused.exitCode, refused.out]).toEqual([2, '']);
  expect(refused.err).toContain('SIGNAL_REFUSED: 7d: no observation is under way');
});

test('a host is skipped, and one that failed is tried again; without a host retry is what it was', async () => {
  const skipped = await dmsa(['skip', 'web02', '-y', '-o', 'json']);
  expect(JSON.parse(skipped.out)).toEqual({ migrationId: id, sent: 'skip', ...who, host });
  const tried = await dmsa(['retry', '--host', 'web02']);
  expect([tried.exitCode, tried.out]).toEqual([0, `Trying ${host} in ${id}\n`]);
  expect((await dmsa(['retry'])).out).toBe(`Trying again: ${id}\n`);
  expect(sent).toEqual([
    ['skipHost', { ...who, host: 'web02' }],
    ['retry', { ...who, host: 'web02' }],
    ['retry', { ...who, accept: false }],
  ]);
});

test('a host that is none of the plan is told with the one that was meant', async () => {
  const { err } = await dmsa(['skip', 'wbe02'], 'SIGNAL_NO_HOST', {}, 'wbe02.lab.example');
  const { fix } = errorKinds.SIGNAL_REFUSED;
  expect(err).toContain(`: it names no host of the plan (fix: Did you mean web02.lab.example? ${fix})`);
  const far = await dmsa(['skip', 'mail'], 'SIGNAL_NO_HOST', {}, 'mail.contoso.com');
  expect(far.err).toContain(`(fix: ${fix})`);
});
