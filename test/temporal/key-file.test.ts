import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { run } from '../../src/bin/run.ts';
import { addToKeyFile, newRingKey } from '../../src/temporal/key-file.ts';
import { parseKeys } from '../../src/temporal/key-ring.ts';
import { fakeIo } from '../cli/fake-io.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-keys-'));
  file = join(folder, 'encryption.keys');
});
afterEach(() => rm(folder, { recursive: true }));

const rights = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const ids = async () => parseKeys(await readFile(file, 'utf8')).map(({ id }) => id);

async function dmsa(...args: string[]) {
  const io = fakeIo({ folder, now: new Date('2026-11-24T10:00:00Z') });
  const exitCode = await run(['encryption-key', ...args], io);
  return { exitCode, out: io.stdout(), err: io.stderr() };
}

test('an id that could not stand beside a payload is refused.', async () => {
  const { exitCode, out, err } = await dmsa('--id', 'a key');
  expect([exitCode, out]).toEqual([2, '']);
  expect(err).toContain(
    'ARGUMENT_INVALID: --id: an id is letters, digits, dots, dashes and underscores, at most 64',
  );
});

test.skipIf(process.platform === 'win32')('a file that others may read is not added to.', async () => {
  await writeFile(file, '');
  await chmod(file, 0o644);
  const { exitCode, err } = await dmsa('--add', 'encryption.keys');
  expect(exitCode).toBe(2);
  expect(err).toContain(`--add: others may read ${file} (mode 0644): chmod 600 it`);
  expect(await readFile(file, 'utf8')).toBe('');
});

test('an id that the ring has, a ring that is not one, and a write that is under way are refused.', async () => {
  await addToKeyFile(file, newRingKey('a'), 'last');
  await expect(addToKeyFile(file, newRingKey('a'), 'last')).rejects.toThrow(
    `--id: ${file} holds a key "a" already: choose another`,
  );
  await writeFile(`${file}.new`, '');
  await expect(addToKeyFile(file, newRingKey('b'), 'last')).rejects.toThrow(
    `--add: ${file}.new is there: another command writes it, or was cut off: then remove it`,
  );
  await writeFile(file, 'not a ring');
  await expect(addToKeyFile(file, newRingKey('b'), 'last')).rejects.toThrow('encryption.keys: line 1');
  expect(await readFile(file, 'utf8')).toBe('not a ring');
});

test('a key is printed, another each time, named after the day.', async () => {
  const [first, second] = [await dmsa(), await dmsa('-o', 'json')];
  expect(first.exitCode).toBe(0);
  const [key] = parseKeys(first.out);
  expect(key!.id).toBe('2026-11-24');
  const other = JSON.parse(second.out);
  expect(other).toEqual({ id: '2026-11-24', key: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) });
  expect(other.key).not.toBe(key!.key);
});

test('a key is added last, or first, to a file that only its owner may read, and not shown.', async () => {
  const added = await dmsa('--add', 'encryption.keys', '--id', 'a', '-o', 'json');
  expect(JSON.parse(added.out)).toEqual({ id: 'a', file, place: 'last' });
  expect(await rights(file)).toBe('600');
  await writeFile(file, `${(await readFile(file, 'utf8')).trim()} # the first`);
  await dmsa('--add', 'encryption.keys', '--id', 'b');
  const { out } = await dmsa('--add', 'encryption.keys', '--id', 'c', '--first');
  expect(out).toBe(`The key "c" is in ${file}, and encrypts.\n`);
  expect(await ids()).toEqual(['c', 'a', 'b']);
  expect(await readFile(file, 'utf8')).toContain(' # the first\n');
  expect(await rights(file)).toBe('600');
  expect(await readdir(folder)).toEqual(['encryption.keys']);
});

test('a ring that is JSON stays JSON, and one that a link leads to stays there.', async () => {
  await writeFile(file, JSON.stringify([newRingKey('a')]), { mode: 0o600 });
  const link = join(folder, 'link');
  await symlink(file, link);
  await addToKeyFile(link, newRingKey('b'), 'last');
  await addToKeyFile(link, newRingKey('c'), 'first');
  expect(await ids()).toEqual(['c', 'a', 'b']);
  expect(JSON.parse(await readFile(file, 'utf8'))).toHaveLength(3);
  expect((await readdir(folder)).sort()).toEqual(['encryption.keys', 'link']);
});
