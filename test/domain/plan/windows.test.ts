import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type MaintenanceWindow, type Weekday, weekdays } from '../../../src/domain/plan/plan.ts';
import { nextOpening, openAt } from '../../../src/domain/plan/windows.ts';

/** `sat,sun 22:00-04:00 Europe/Zurich`; `daily` for every day. */
function window(text: string): MaintenanceWindow {
  const [days, times, timeZone] = text.split(' ') as [string, string, string];
  const [from, to] = times.split('-') as [string, string];
  return { days: days === 'daily' ? [] : (days.split(',') as Weekday[]), from, to, timeZone };
}

const openIn = (text: string, ...times: string[]) => times.map((at) => openAt([window(text)], at));
const next = (text: string, at: string) => nextOpening([window(text)], at);

describe('without windows', () => {
  test('it is always open', () => {
    const at = '2025-06-01T08:00:00.000Z';
    expect([openAt([], at), openAt(undefined, at)]).toEqual([true, true]);
    expect([nextOpening([], at), nextOpening(undefined, at)]).toEqual([at, at]);
  });
});

describe('a maintenance window', () => {
  test('of a zone that does not exist is a RangeError', () => {
    expect(() => openAt([window('daily 02:00-03:00 Europe/Atlantis')], '2025-06-01T08:00:00Z')).toThrow(
      RangeError,
    );
  });

  test('opens with its first minute and is closed with its last', () => {
    const zurich = 'daily 02:00-04:00 Europe/Zurich';
    expect(
      openIn(
        zurich,
        '2025-06-01T23:59:59.999Z',
        '2025-06-02T00:00:00Z',
        '2025-06-02T01:59:59.999Z',
        '2025-06-02T02:00:00Z',
      ),
    ).toEqual([false, true, true, false]);
    expect(next(zurich, '2025-06-01T12:34:56.789Z')).toBe('2025-06-02T00:00:00.000Z');
    expect(next(zurich, '2025-06-02T00:30:00.500Z')).toBe('2025-06-02T00:30:00.500Z');
    expect(next(zurich, '2025-06-02T02:00:00.000Z')).toBe('2025-06-03T00:00:00.000Z');
  });

  test('over midnight belongs to the weekday on which it opened', () => {
    const saturday = 'sat 22:00-04:00 UTC'; // 2025-06-07 is a Saturday
    expect(
      openIn(
        saturday,
        '2025-06-07T03:00:00Z',
        '2025-06-07T22:00:00Z',
        '2025-06-08T03:59:00Z',
        '2025-06-08T04:00:00Z',
        '2025-06-08T22:00:00Z',
      ),
    ).toEqual([false, true, true, false, false]);
    expect(next(saturday, '2025-06-08T04:00:00.000Z')).toBe('2025-06-14T22:00:00.000Z');
  });

  test('may last a whole day', () => {
    const sunday = 'sun 00:00-24:00 America/New_York';
    expect(
      openIn(
        sunday,
        '2025-06-08T03:59:00Z',
        '2025-06-08T04:00:00Z',
        '2025-06-09T03:59:00Z',
        '2025-06-09T04:00:00Z',
      ),
    ).toEqual([false, true, true, false]);
  });

  test('goes by the weekday and the minutes of its own zone', () => {
    // Kathmandu is 5 h 45 min ahead: Monday begins there on Sunday at 18:15 UTC.
    expect(next('mon 00:00-01:00 Asia/Kathmandu', '2025-06-08T00:00:00Z')).toBe('2025-06-08T18:15:00.000Z');
  });

  test('that begins where clocks jump forward opens with the jump', () => {
    // Zurich, 2025-03-30: 02:00 is 03:00, at 01:00 UTC.
    const zurich = 'daily 02:30-03:30 Europe/Zurich';
    expect(next(zurich, '2025-03-29T12:00:00Z')).toBe('2025-03-30T01:00:00.000Z');
    expect(openIn(zurich, '2025-03-30T00:59:59Z', '2025-03-30T01:29:59Z', '2025-03-30T01:30:00Z')).toEqual([
      false,
      true,
      false,
    ]);
    expect(next(zurich, '2025-03-30T01:30:00Z')).toBe('2025-03-31T00:30:00.000Z');
  });

  test('opens by the clock after it was changed, also where it is asked for before that', () => {
    const [early, late] = ['daily 04:00-05:00 Europe/Zurich', 'daily 04:00-06:30 Europe/Zurich'];
    expect(next(early, '2025-03-29T12:00:00Z')).toBe('2025-03-30T02:00:00.000Z');
    expect(next(late, '2025-03-29T12:00:00Z')).toBe('2025-03-30T02:00:00.000Z');
    expect(next(early, '2025-10-25T12:00:00Z')).toBe('2025-10-26T03:00:00.000Z');
  });

  test('that clocks jump over as a whole does not open that night', () => {
    // New York, 2025-03-09: 02:00 is 03:00, at 07:00 UTC.
    expect(next('daily 02:15-02:45 America/New_York', '2025-03-08T12:00:00Z')).toBe(
      '2025-03-10T06:15:00.000Z',
    );
    expect(next('sun 02:15-02:45 America/New_York', '2025-03-08T12:00:00Z')).toBe('2025-03-16T06:15:00.000Z');
  });

  test('in the hour that comes twice is open twice', () => {
    // Zurich, 2025-10-26: 03:00 is 02:00, at 01:00 UTC.
    const zurich = 'daily 02:30-03:30 Europe/Zurich';
    expect(next(zurich, '2025-10-25T12:00:00Z')).toBe('2025-10-26T00:30:00.000Z');
    expect(
      openIn(
        zurich,
        '2025-10-26T00:59:00Z',
        '2025-10-26T01:00:00Z',
        '2025-10-26T02:29:00Z',
        '2025-10-26T02:30:00Z',
      ),
    ).toEqual([true, false, true, false]);
    expect(next(zurich, '2025-10-26T01:00:00Z')).toBe('2025-10-26T01:30:00.000Z');
  });

  test('opens where clocks are put back into it', () => {
    const zurich = 'daily 01:00-02:15 Europe/Zurich';
    expect(next(zurich, '2025-10-26T00:15:00Z')).toBe('2025-10-26T01:00:00.000Z');
    expect(next(zurich, '2025-10-26T01:15:00Z')).toBe('2025-10-27T00:00:00.000Z');
  });

  test('follows half an hour of daylight saving', () => {
    // Lord Howe, 2025-10-05: 02:00 is 02:30, at 15:30 UTC of the day before; from UTC+10:30 to UTC+11.
    const island = 'daily 02:15-03:00 Australia/Lord_Howe';
    expect(next(island, '2025-10-04T00:00:00Z')).toBe('2025-10-04T15:30:00.000Z');
    expect(next(island, '2025-10-04T16:00:00Z')).toBe('2025-10-05T15:15:00.000Z');
    // Lord Howe, 2025-04-06: 02:00 is 01:30, at 15:00 UTC of the day before.
    const again = 'daily 01:30-01:45 Australia/Lord_Howe';
    expect(next(again, '2025-04-05T12:00:00Z')).toBe('2025-04-05T14:30:00.000Z');
    expect(next(again, '2025-04-05T14:45:00Z')).toBe('2025-04-05T15:00:00.000Z');
  });

  test('waits a week more where its zone leaves the day out', () => {
    // Samoa went over the date line: Friday, 2011-12-30, was not.
    expect(next('fri 22:00-23:00 Pacific/Apia', '2011-12-29T12:00:00Z')).toBe('2012-01-06T08:00:00.000Z');
  });
});

test('of several windows the next to open counts', () => {
  const both = [window('sat 22:00-04:00 Europe/Zurich'), window('wed 01:00-02:00 UTC')];
  expect(nextOpening(both, '2025-06-08T12:00:00Z')).toBe('2025-06-11T01:00:00.000Z');
  expect(nextOpening(both, '2025-06-11T02:00:00Z')).toBe('2025-06-14T20:00:00.000Z');
  expect(openAt(both, '2025-06-11T01:30:00Z')).toBe(true);
});

describe('any windows', () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
  const windows = fc.array(
    fc
      .record({
        days: fc.subarray([...weekdays]),
        from: time,
        to: fc.oneof(time, fc.constant('24:00')),
        timeZone: fc.constantFrom(
          'Europe/Zurich',
          'America/New_York',
          'Australia/Lord_Howe',
          'UTC',
          'Asia/Kathmandu',
        ),
      })
      .filter(({ from, to }) => from !== to),
    { minLength: 1, maxLength: 3 },
  );
  // The days around each night on which a clock is changed in 2025, and any time at all.
  const changes = ['2025-03-09', '2025-03-30', '2025-04-05', '2025-10-04', '2025-10-26', '2025-11-02'];
  const at = fc.oneof(
    fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -36 * 3_600, max: 36 * 3_600 }))
      .map(([day, seconds]) => new Date(Date.parse(day) + seconds * 1_000).toISOString()),
    fc
      .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  );

  test('open next at a time that is not past, is open, and has nothing open before it', () => {
    fc.assert(
      fc.property(windows, at, (some, now) => {
        const opens = nextOpening(some, now);
        expect(Date.parse(opens)).toBeGreaterThanOrEqual(Date.parse(now));
        expect(openAt(some, opens)).toBe(true);
        if (opens === now) return;
        // The last minute before it, and a sample of the others; odd, so that no hour is always missed.
        expect(openAt(some, new Date(Date.parse(opens) - 1).toISOString())).toBe(false);
        const step = Math.max(7 * 60_000, (Date.parse(opens) - Date.parse(now)) / 200);
        for (let ms = Date.parse(now); ms < Date.parse(opens); ms += step) {
          expect(openAt(some, new Date(ms).toISOString())).toBe(false);
        }
      }),
    );
  });
});
