import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { escapeAnyShell, escapeShell } from '../../../src/wording/escape/shell.ts';
import { hostile } from './hostile.ts';

const words = fc.array(fc.oneof(hostile, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 20 });

function readBySh(written: string[]): string[] {
  const command = `printf '%s\\0' ${written.join(' ')}`;
  return execFileSync('/bin/sh', ['-c', command]).toString().split('\0').slice(0, -1);
}

test('a word without anything special stays as it is, and an empty one does not vanish', () => {
  expect(escapeShell('C:/plans/web-01.json', 'powershell')).toBe('C:/plans/web-01.json');
  expect(escapeShell('', 'sh')).toBe("''");
});

test('PowerShell is given each of its quotes twice', () => {
  expect(escapeShell('it\u2019s $HOME, `x` and "y"', 'powershell')).toBe(
    '\'it\u2019\u2019s $HOME, `x` and "y"\'',
  );
});

test('whatever the text, sh reads the same text again', () => {
  fc.assert(
    fc.property(words, (texts) => {
      const whole = texts.map((text) => text.replaceAll('\0', ''));
      expect(readBySh(whole.map((text) => escapeShell(text, 'sh')))).toEqual(whole);
    }),
    { numRuns: 40, examples: [[['it\'s $HOME `id` "q"', "''", '-n', '\n', '*']]] },
  );
});

test.each([
  ['svc-web', 'svc-web'],
  ['LAB\\svc', "'LAB\\svc'"],
  ['$(id)', "'$(id)'"],
  ["o'svc", '"o\'svc"'],
  ['o\u2019svc', '"o\u2019svc"'],
  ["o'$(id)", 'NAME'],
  ['o\u2019"svc', 'NAME'],
  ["o'!x", 'NAME'],
  ['-x', 'NAME'],
  ['', 'NAME'],
  ['a\nb', 'NAME'],
])('%j for whatever shell is %s', (text, written) => {
  expect(escapeAnyShell(text, 'NAME')).toBe(written);
});

test('what is for whatever shell is one argument for sh, and holds no quote by which PowerShell would end it', () => {
  fc.assert(
    fc.property(words, (texts) => {
      const shown = texts.map((text) => escapeAnyShell(text, 'NAME'));
      expect(readBySh(shown)).toEqual(texts.map((text, at) => (shown[at] === 'NAME' ? 'NAME' : text)));
      for (const word of shown)
        expect(word).toMatch(/^(?:[\w./:][\w./:-]*|'[^'\u2018-\u201b]+'|"[^"$`\u201c-\u201e]+")$/);
    }),
    { numRuns: 40 },
  );
});
