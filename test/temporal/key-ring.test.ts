import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { keyRing, parseKeys, readKeyRing } from '../../src/temporal/key-ring.ts';

const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const short = randomBytes(31).toString('base64');

const refused = (text: string) => {
  try {
    return keyRing(parseKeys(text));
  } catch (error) {
    return error;
  }
};

test.each([
  ['', 'encryption.keys: the ring holds no key'],
  ['# none yet\n[]', 'encryption.keys: line 2: write it as: id base64key'],
  ['[]', 'encryption.keys: the ring holds no key'],
  [`a ${first}\n\na ${second}`, 'encryption.keys: the key "a" is there twice'],
  [first, 'encryption.keys: line 1: write it as: id base64key'],
  [`# rotated\na ${first} now`, 'encryption.keys: line 2: write it as: id base64key'],
  [`a ${short}`, 'encryption.keys: line 1: a key is 32 octets in base64'],
  [`a ${first.slice(0, -1)}`, 'encryption.keys: line 1: a key is 32 octets in base64'],
  [
    `${first} a`,
    'encryption.keys: line 1: an id is letters, digits, dots, dashes and underscores, at most 64',
  ],
  [`[{"id":"a","key":"${first}"`, 'encryption.keys: this is not JSON'],
  [`{"a":"${first}"}`, 'encryption.keys: write it as [{ "id": "…", "key": "base64…" }]'],
  [`[{"id":"a","key":"${short}"}]`, 'encryption.keys: key 1: a key is 32 octets in base64'],
])('a ring that is not one is refused, without a word of a key (%#).', (text, message) => {
  const error = refused(text);
  expect(error).toMatchObject({ code: 'KEY_RING_INVALID', message });
  for (const key of [first, second, short]) expect(inspect(error)).not.toContain(key.slice(0, 8));
});

test('lines and JSON say the same, the first key encrypts, and a named one in its place.', () => {
  const lines = `# of November\r\n b-2 ${second} # new\r\n\r\na_1 ${first}\r\n`;
  const json = JSON.stringify([
    { id: 'b-2', key: second },
    { id: 'a_1', key: first },
  ]);
  for (const text of [lines, json]) {
    const ring = keyRing(parseKeys(text));
    expect(ring.current?.id).toBe('b-2');
    expect([...ring.keys].map(([id, key]) => [id, key.export().toString('base64')])).toEqual([
      ['b-2', second],
      ['a_1', first],
    ]);
    expect(keyRing(parseKeys(text), 'a_1').current?.id).toBe('a_1');
  }
  expect(() => keyRing(parseKeys(lines), 'c')).toThrow('encryption.key-id: the ring holds no key "c"');
});

test('a ring that is printed shows no key.', () => {
  const ring = keyRing(parseKeys(`a ${first}`));
  for (const shown of [inspect(ring, { depth: 9 }), JSON.stringify(ring)]) {
    expect(shown).not.toContain(first.slice(0, 8));
    expect(shown).not.toContain(Buffer.from(first, 'base64').toString('hex').slice(0, 8));
  }
});

describe('a ring in its place', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-ring-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.skipIf(process.platform === 'win32')('that others may read is refused.', async () => {
    const file = join(folder, 'open.keys');
    await writeFile(file, `a ${first}\n`);
    await chmod(file, 0o640);
    await expect(readKeyRing({ keys: { file }, keyId: null })).rejects.toMatchObject({
      code: 'FILE_NOT_PRIVATE',
      message: `encryption.keys: others may read ${file} (mode 0640): chmod 600 it`,
    });
  });

  test('that is not there is named.', async () => {
    const file = join(folder, 'none.keys');
    await expect(readKeyRing({ keys: { file }, keyId: null })).rejects.toMatchObject({
      message: `encryption.keys: ${file} cannot be read (ENOENT)`,
    });
  });

  test('is read from a file of its owner, and from what a program prints.', async () => {
    const file = join(folder, 'own.keys');
    await writeFile(file, `a ${first}\nb ${second}\n`, { mode: 0o600 });
    const command = [process.execPath, '-e', `process.stdout.write('b ${second}\\n')`];
    expect([...(await readKeyRing({ keys: { file }, keyId: 'b' })).keys.keys()]).toEqual(['a', 'b']);
    expect((await readKeyRing({ keys: { command }, keyId: null })).current?.id).toBe('b');
  });
});
