import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoToFileTime } from '../../lab/formats/file-time.ts';

import { fileTimeToIso } from '../../src/directory/file-time.ts';

test('absent, zero, never, and what is no number are no time', () => {
  const none = [
    null,
    '0',
    '9223372036854775807',
    '18446744073709551615',
    '-1',
    '',
    'soon',
    '1e5',
    '12345678901234567890',
  ];
  expect(none.map(fileTimeToIso)).toEqual(none.map(() => null));
});

test('a time is told to the millisecond, also before 1970 and long after', () => {
  expect(fileTimeToIso('116444736000000000')).toBe('1970-01-01T00:00:00.000Z');
  expect(fileTimeToIso('1')).toBe('1601-01-01T00:00:00.000Z');
  expect(fileTimeToIso('133000000000000000')).toBe('2022-06-18T04:26:40.000Z');
  expect(fileTimeToIso('9223372036854775806')).toBe('+030828-09-14T02:48:05.477Z');
});

test('what is written is read back, for any time since 1601', () => {
  const times = fc.date({
    min: new Date('1601-01-01T00:00:00.001Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(times, (time) => {
      expect(fileTimeToIso(isoToFileTime(time.toISOString()))).toBe(time.toISOString());
    }),
  );
});
