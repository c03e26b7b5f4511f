import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { type CommandRecord, fileRecords, type ReadRecord, recordFile } from '../../src/records/records.ts';
import { readRecorded } from '../../src/report/recorded.ts';

const id = 'dmsa/contoso.com/svc-web';
const since = '2025-06-01T08:00:00.000Z';
const at = (seconds: number) => new Date(Date.parse(since) + seconds * 1_000).toISOString();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-records-'));
});
afterEach(() => rm(folder, { recursive: true }));

const asked = (command: string, seconds: number): CommandRecord => ({
  id: command,
  when: 'asked',
  activity: 'prepareHosts',
  task: '4',
  attempt: 1,
  at: at(seconds),
  host: 'web01.contoso.com',
  operation: 'set-host',
  parameters: { eventLogEnabled: true },
});
const answered = (command: string, seconds: number, code?: string): CommandRecord => ({
  id: command,
  when: 'answered',
  at: at(seconds),
  error: code ? { code, message: 'no' } : null,
  result: code ? null : { changed: [] },
});
const read = (seconds: number): ReadRecord => ({
  activity: 'observe',
  task: '9',
  attempt: 2,
  at: at(seconds),
  tookMs: 4,
  dc: 'dc1.contoso.com',
  base: 'DC=contoso,DC=com',
  scope: 'sub',
  filter: '(cn=x)',
  attributes: ['cn'],
  entries: 1,
  error: null,
});

test('without any record there is nothing, and with those of another account as well', async () => {
  expect(await readRecorded(join(folder, 'none'), id, since)).toBe(null);
  await fileRecords(folder).read('dmsa/contoso.com/svc-other', read(1));
  expect(await readRecorded(folder, id, since)).toBe(null);
});

test('a command has its answer, its failure, or none where the worker ended before it came', async () => {
  const records = fileRecords(folder);
  for (const line of [
    asked('a', 2),
    asked('b', 1),
    asked('c', 3),
    answered('b', 4, 'TIMED_OUT'),
    answered('a', 2.5),
  ])
    await records.command(id, line);
  const { commands } = (await readRecorded(folder, id, since))!;
  expect(commands.map(({ at, outcome, tookMs, error }) => [at, outcome, tookMs, error?.code])).toEqual([
    [at(1), 'failed', 3_000, 'TIMED_OUT'],
    [at(2), 'ok', 500, undefined],
    [at(3), 'unknown', null, undefined],
  ]);
  expect(commands[1]).toMatchObject({
    changes: true,
    result: { changed: [] },
    parameters: { eventLogEnabled: true },
  });
});

test('what an earlier migration of the account did is not told of this one', async () => {
  const records = fileRecords(folder);
  await records.command(id, asked('a', -10));
  await records.read(id, read(-1));
  expect(await readRecorded(folder, id, since)).toBe(null);
  await records.read(id, read(0));
  expect((await readRecorded(folder, id, since))!.reads).toEqual([read(0)]);
});

test('lines that are no records are passed over: half of one, another thing, an operation that nobody knows', async () => {
  const records = fileRecords(folder);
  await records.read(id, read(5));
  await appendFile(
    recordFile(folder, id, 'reads'),
    'null\n{"at":"2025-06-01T09:00:00Z"}\n{"at":3}\n{"at":"2025-',
  );
  await writeFile(
    recordFile(folder, id, 'commands'),
    `${JSON.stringify({ ...asked('a', 1), operation: 'constructor' })}\n`,
  );
  expect(await readRecorded(folder, id, since)).toEqual({
    commands: [],
    reads: [read(5)],
    leftOut: { commands: 0, reads: 0 },
    full: { commands: false, reads: false },
  });
});

test('of very many the latest are kept, and the others counted', async () => {
  const lines = Array.from({ length: 20_003 }, (_, second) => JSON.stringify(read(second)));
  await writeFile(recordFile(folder, id, 'reads'), `${lines.join('\n')}\n`);
  const { reads, leftOut } = (await readRecorded(folder, id, since))!;
  expect([reads.length, reads[0]!.at, leftOut.reads]).toEqual([20_000, at(3), 3]);
});

test('a file that is full gets no more, and that is told', async () => {
  const records = fileRecords(folder, 300);
  for (let second = 0; second < 10; second++) await records.read(id, read(second));
  const { reads, full } = (await readRecorded(folder, id, since, 300))!;
  expect(reads.map((each) => each.at)).toEqual([at(0), at(1)]);
  expect(full).toEqual({ commands: false, reads: true });
});

test('a file that cannot be read is told, not taken for none', async () => {
  await mkdir(recordFile(folder, id, 'reads'));
  await expect(readRecorded(folder, id, since)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: `records.folder: ${recordFile(folder, id, 'reads')} cannot be read (EISDIR)`,
  });
});
