import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { durationMs, formatDuration } from '../../../src/domain/values/duration.ts';

describe('durations', () => {
  test.each([
    '',
    '10',
    'd',
    '-1d',
    '+1d',
    '1.5h',
    '1 d',
    ' 1d',
    '1d ',
    '1w',
    '1D',
    '1d1h',
    '1e3s',
    '1234567890s',
    '1d\n',
  ])('%j is none, and the message says what is', (text) => {
    const expected = `"${text}" is not a duration: write 10s, 10m, 10h or 14d`;
    expect(() => durationMs(text)).toThrow(new RangeError(expected));
  });

  test.each([
    ['0s', 0],
    ['250ms', 250],
    ['10s', 10_000],
    ['10m', 600_000],
    ['10h', 36_000_000],
    ['14d', 1_209_600_000],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each([
    [1_209_600_000, '14d'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [1_500, '1500ms'],
    [0, '0s'],
    [-5, '0s'],
    [999.6, '1s'],
  ])('%f ms are written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what is written is read back as the same time', () => {
    const ms = fc.integer({ min: 0, max: 999_999_999 });
    fc.assert(
      fc.property(ms, (each) => {
        expect(durationMs(formatDuration(each))).toBe(each);
      }),
    );
  });
});
