import { expect, test } from 'vitest';
import { elapsed, momentFrom } from '../../src/wording/time.ts';
import { now } from '../domain/migration/sample-status.ts';

test('durations and moments are short and exact enough.', () => {
  expect([0, 9_940, 9_960, 59_600, 125_000, 11_520_000, 601_200_000].map(elapsed)).toEqual([
    '0.0s',
    '9.9s',
    '10s',
    '1m 00s',
    '2m 05s',
    '3h 12m',
    '6d 23h',
  ]);
  expect(momentFrom('2025-06-01T07:00:00.000Z', now)).toBe('2025-06-01 07:00:00 UTC (1h 01m ago)');
});
