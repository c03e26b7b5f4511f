import { z } from 'zod';

import { type MaintenanceWindow, type Weekday, weekdays } from '../domain/plan/plan.ts';
import { distinct } from './values.ts';

const clock = z.string({ error: 'must be a time of day such as 22:00' });
const badTime = ({ input }: { input?: unknown }) => `"${input}" is not a time of day such as 22:00`;
const weekday = z.enum(weekdays, { error: `must be one of ${weekdays.join(', ')}` });

const maintenanceWindow = z
  .strictObject({
    days: distinct(weekday, (day) => day, 'weekday').describe(
      'Days on which the window opens; empty for all.',
    ),
    from: clock.regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: badTime }).describe('Time of day when it opens.'),
    to: clock
      .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: badTime })
      .describe('Time of day when it closes; earlier than `from` is the next day.'),
    timeZone: z
      .string({ error: 'must be the name of a time zone such as Europe/Zurich' })
      .refine(isTimeZone, {
        error: ({ input }) => `"${input}" is no name of a time zone such as Europe/Zurich`,
      })
      .describe('Time zone of both times, by its name in the IANA database.'),
  })
  .refine(({ from, to }) => from !== to, {
    error: 'begins and ends at the same time: write 00:00 to 24:00 for the whole day',
  });

export const windowList = distinct(
  maintenanceWindow,
  ({ days, from, to, timeZone }) => `${[...days].sort().join(',')} ${from}-${to} ${timeZone}`.trim(),
  'window',
).max(20, { error: 'at most 20 windows go into one plan' });

/** A name of the IANA database. Offsets such as `+02:00`, which Intl takes too, know no daylight saving. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const example = 'write it as "sat,sun 22:00-04:00 Europe/Zurich"';

/**
 * Takes apart `sat,sun 22:00-04:00 Europe/Zurich` or `mon-fri 22:00-04:00 UTC`; without weekdays it is every day. The
 * request checks the values. Throws a RangeError that shows the form.
 */
export function parseWindow(text: string): MaintenanceWindow {
  const match = /^\s*(?:([a-z,-]+)\s+)?(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})\s+(\S+)\s*$/i.exec(text);
  if (!match) throw new RangeError(`"${text}" is no maintenance window: ${example}`);
  const [, days = '', from, to, timeZone] = match;
  return {
    days: days
      .split(',')
      .filter(Boolean)
      .flatMap((part) => parseDays(part, text)),
    from: from!.padStart(5, '0'),
    to: to!.padStart(5, '0'),
    timeZone: timeZone!,
  };
}

/** `sat`, or `fri-mon`, which goes on after the end of the week. */
function parseDays(part: string, text: string): Weekday[] {
  const [first, last = first, ...rest] = part
    .toLowerCase()
    .split('-')
    .map((day) => weekdays.indexOf(day as Weekday));
  if (rest.length > 0 || first === undefined || first < 0 || last === undefined || last < 0) {
    throw new RangeError(`"${part}" in "${text}" is no weekday, one of ${weekdays.join(', ')}: ${example}`);
  }
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => weekdays[(first + index) % 7]!);
}
