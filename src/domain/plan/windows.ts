import { type MaintenanceWindow, type Weekday, weekdays } from './plan.ts';

/**
 * Maintenance windows by the clock on the wall: one is open while the clock of its time zone shows a time in it. Where
 * clocks jump forward over its beginning it opens with the jump; where they are put back, what is shown twice is open
 * twice. Never asked in a workflow: zones change with the version of the runtime, and a replay must not.
 */

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A week and the day before it; two weeks more for a weekday or an hour that a zone leaves out once. */
const searchedDays = 23;

/** Whether one of them is open at `at` (ISO 8601); no windows are always open. Throws RangeError for a zone that Intl lacks. */
export function openAt(windows: MaintenanceWindow[] | undefined, at: string): boolean {
  if (!windows || windows.length === 0) return true;
  const ms = Date.parse(at);
  return windows.some((window) => isOpen(window, wallClock(window.timeZone)(ms)));
}

/** When the next of them opens: ISO 8601, `at` itself where one is open. Throws RangeError as `openAt`. */
export function nextOpening(windows: MaintenanceWindow[] | undefined, at: string): string {
  if (!windows || windows.length === 0) return new Date(at).toISOString();
  const openings = windows.map((window) => opening(window, Date.parse(at)));
  return new Date(Math.min(...openings)).toISOString();
}

/** What a clock shows: the date as days since 1970-01-01, and minutes since midnight. */
interface Shown {
  day: number;
  minute: number;
}

function isOpen({ days, from, to }: MaintenanceWindow, { day, minute }: Shown): boolean {
  const opens = minutes(from);
  const closes = minutes(to);
  const on = (date: number) => days.length === 0 || days.includes(weekdayOf(date));
  if (opens < closes) return opens <= minute && minute < closes && on(day);
  // Over midnight: what is open in the morning opened on the day before.
  return (minute >= opens && on(day)) || (minute < closes && on(day - 1));
}

/** A window opens where the clock shows its beginning, or where a change of the clock leads into it. */
function opening(window: MaintenanceWindow, from: number): number {
  const clock = wallClock(window.timeZone);
  if (isOpen(window, clock(from))) return from;
  // Clocks show whole minutes: what is open later in this one is open now.
  const first = Math.floor(from / minuteMs) * minuteMs;
  for (let start = first; start < from + searchedDays * dayMs; start += dayMs) {
    const changes = changesOf(clock, start, start + dayMs);
    const candidates = [...beginnings(window, clock, start, changes), ...changes].sort((a, b) => a - b);
    const found = candidates.find((ms) => isOpen(window, clock(ms)));
    if (found !== undefined) return found;
  }
  throw new RangeError(`the window ${window.from}-${window.to} ${window.timeZone} never opens`);
}

/** The moments of the day from `start` on at which the clock may show the window's beginning, in each of its offsets. */
function beginnings(
  { from }: MaintenanceWindow,
  clock: LocalTime,
  start: number,
  changes: number[],
): number[] {
  return [start, ...changes].map((since) => {
    const wait = (((minutes(from) - clock(since).minute) % 1440) + 1440) % 1440;
    return since + wait * minuteMs;
  });
}

type LocalTime = (ms: number) => Shown;

/** The moments after `start` and until `end` at which the clock is changed; whole minutes. */
function changesOf(clock: LocalTime, start: number, end: number): number[] {
  const offset = (ms: number) => clock(ms).day * 1440 + clock(ms).minute - ms / minuteMs;
  const result: number[] = [];
  // No zone changes its clock twice within three hours.
  for (let from = start; from < end; from += 3 * 60 * minuteMs) {
    let [before, after] = [from, from + 3 * 60 * minuteMs];
    if (offset(before) === offset(after)) continue;
    while (after - before > minuteMs) {
      const middle = before + Math.floor((after - before) / minuteMs / 2) * minuteMs;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    result.push(after);
  }
  return result;
}

function wallClock(timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (ms) => {
    const parts = format.formatToParts(ms);
    const part = (type: string) => Number(parts.find((each) => each.type === type)!.value);
    const day = Date.UTC(part('year'), part('month') - 1, part('day')) / dayMs;
    return { day, minute: part('hour') * 60 + part('minute') };
  };
}

/** The first of January 1970 was a Thursday. */
function weekdayOf(day: number): Weekday {
  return weekdays[(((day + 3) % 7) + 7) % 7]!;
}

/** Minutes since midnight of `HH:MM`. */
function minutes(text: string): number {
  const [hours, rest] = text.split(':');
  return Number(hours) * 60 + Number(rest);
}
