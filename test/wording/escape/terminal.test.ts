import fc from 'fast-check';
import { expect, test } from 'vitest';

import { escapeJson, escapeTerminal } from '../../../src/wording/escape/terminal.ts';
import { hostile, obeyed } from './hostile.ts';

test('what a terminal would obey is shown, in texts and keys; the rest stays as it is', () => {
  expect(escapeTerminal('Grün 日本')).toBe('Grün 日本');
  expect(escapeTerminal({ 'a\n': ['web\u001b[2J\u202e01', 2, null] })).toEqual({
    'a\\u{a}': ['web\\u{1b}[2J\\u{202e}01', 2, null],
  });
  fc.assert(fc.property(hostile, (text) => !obeyed.test(escapeTerminal(text))));
});

test('JSON is the same value again, and nothing in it is obeyed', () => {
  fc.assert(
    fc.property(fc.dictionary(hostile, fc.array(hostile)), (value) => {
      const text = escapeJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).not.toMatch(obeyed);
    }),
    { examples: [[{ '\u{e0001}\u007f': ['\u2028'] }]] },
  );
});
