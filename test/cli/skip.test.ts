import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Assembly } from '../../src/cli/assembly.ts';
import { run } from '../../src/cli/program.ts';
import type { Migrations } from '../../src/client/migrations.ts';
import { type FakeOptions, fakeIo } from './fake-io.ts';
import { waiting } from './fixtures.ts';

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

/** The command for this migration; `refused` is what the migration makes of what it is sent. */
async function dmsa([name, ...args]: string[], refused: string | null = null, options: FakeOptions = {}) {
  const decide = (action: string) => async (_: string, signal: object) => {
    sent.push([action, signal]);
    return { action, host, ...who, at: '2026-01-01T00:00:00.000Z', refused };
  };
  const migrations = {
    status: async () => ({ ...waiting, progress: {}, ended: false }),
    skipHost: decide('skip'),
    retryHost: decide('retry'),
    retry: async (_: string, signal: object) => void sent.push(['retry', signal]),
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
  const refused = 'it has had its turn, and is well';
  const skipped = await dmsa(['skip', 'web02', '-y'], refused);
  expect([skipped.exitCode, skipped.out]).toEqual([2, '']);
  expect(skipped.err).toContain(`PLAN_INVALID: ${host}: ${refused}`);
  expect((await dmsa(['retry', '--host', 'web02'], refused)).exitCode).toBe(2);
});

test('a host and accepted differences are two things: nothing is sent for both', async () => {
  const { exitCode } = await dmsa(['retry', '--host', 'web02', '--accept', '-y']);
  expect(exitCode).toBe(2);
  expect(sent).toEqual([]);
});

test('a host is skipped, and one that failed is tried again; without a host retry is what it was', async () => {
  const skipped = await dmsa(['skip', 'web02', '-y', '-o', 'json']);
  expect(JSON.parse(skipped.out)).toEqual({ migrationId: id, sent: 'skip', ...who, host });
  const tried = await dmsa(['retry', '--host', 'web02']);
  expect([tried.exitCode, tried.out]).toEqual([0, `Trying ${host} in ${id}\n`]);
  expect((await dmsa(['retry'])).out).toBe(`Trying again: ${id}\n`);
  expect(sent).toEqual([
    ['skip', { ...who, host: 'web02' }],
    ['retry', { ...who, host: 'web02' }],
    ['retry', { ...who, accept: false }],
  ]);
});
