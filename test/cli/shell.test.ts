import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { shellWord } from '../../src/cli/shell.ts';

test('a word without anything special stays as it is, and an empty one does not vanish', () => {
  expect(shellWord('C:/plans/web-01.json')).toBe('C:/plans/web-01.json');
  expect(shellWord('', 'linux')).toBe("''");
});

test('PowerShell is given each of its quotes twice', () => {
  expect(shellWord('it\u2019s $HOME, `x` and "y"', 'win32')).toBe('\'it\u2019\u2019s $HOME, `x` and "y"\'');
});

test('whatever the text, a shell reads the same text again', () => {
  const texts = fc.array(
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(texts, (words) => {
      const command = `printf '%s\\0' ${words.map((word) => shellWord(word, 'linux')).join(' ')}`;
      const read = execFileSync('/bin/sh', ['-c', command]).toString().split('\0').slice(0, -1);
      expect(read).toEqual(words);
    }),
    { numRuns: 40, examples: [[['it\'s $HOME `id` "q"', "''", '-n', '\n', '*']]] },
  );
});
