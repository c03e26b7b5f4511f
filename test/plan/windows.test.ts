import { describe, expect, test } from 'vitest';

import { weekdays } from '../../src/domain/plan/plan.ts';
import { parseWindow } from '../../src/plan/windows.ts';

const week = [...weekdays];

describe('a maintenance window', () => {
  test.each([
    '',
    'sat 22:00 Europe/Zurich',
    'sat 22:00-04:00',
    'sat 22.00-04.00 Europe/Zurich',
    'sat 22:00-04:00 Europe/Zurich daily',
  ])('is not written as "%s".', (text) => {
    expect(() => parseWindow(text)).toThrow(
      new RangeError(`"${text}" is no maintenance window: write it as "sat,sun 22:00-04:00 Europe/Zurich"`),
    );
  });

  test.each(['saturday', 'sat-', 'sat-sun-mon', '-'])('opens on no weekday "%s".', (day) => {
    expect(() => parseWindow(`${day} 22:00-04:00 UTC`)).toThrow(
      `"${day}" in "${day} 22:00-04:00 UTC" is no weekday`,
    );
  });

  test.each([
    ['sat,sun 22:00-04:00 Europe/Zurich', ['sat', 'sun'], '22:00', '04:00', 'Europe/Zurich'],
    ['  Mon-Fri  9:00 - 10:30  UTC ', ['mon', 'tue', 'wed', 'thu', 'fri'], '09:00', '10:30', 'UTC'],
    ['fri-mon,wed 00:00-24:00 UTC', ['fri', 'sat', 'sun', 'mon', 'wed'], '00:00', '24:00', 'UTC'],
    ['22:00-04:00 America/New_York', [], '22:00', '04:00', 'America/New_York'],
    ['mon-sun 01:00-02:00 UTC', week, '01:00', '02:00', 'UTC'],
  ])('may be written as "%s".', (text, days, from, to, timeZone) => {
    expect(parseWindow(text)).toEqual({ days, from, to, timeZone });
  });
});
