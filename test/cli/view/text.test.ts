import { expect, test } from 'vitest';
import { columns, padTo, wrap } from '../../../src/cli/view/text.ts';

test('text is measured, filled up and broken in columns, wide letters as two.', () => {
  expect(columns('日本e\u0301')).toBe(5);
  expect(padTo('日本語', 5)).toBe('日本…');
  expect(padTo('日本語', 4)).toBe('日 …');
  expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc']);
  expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
});
