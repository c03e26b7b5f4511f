import { DmsaError } from '../../domain/errors/errors.ts';
import { type Entry, type Value, values } from '../entry.ts';
import type { LdapLimits } from './limits.ts';

/**
 * Attributes with more values than a DC gives at once (MaxValRange: 1,500, and 5,000 at most) come as
 * `member;range=0-1499`; the rest is asked for by `member;range=1500-*`, until an answer ends with `*`
 * (MS-ADTS 3.1.1.3.1.3.3). Samba 4.17 gives ranges that are asked for, and 10,000 values at once where none is.
 */
interface ValueRange {
  /** Without its range option, as the server spells it. */
  name: string;
  low: number;
  /** Null for `*`: these are the last ones. */
  high: number | null;
}

/** Reads some attributes of one entry; null where it is not there. */
export type ReadEntry = (dn: string, attributes: string[]) => Promise<Entry | null>;

/** Thrown within this file where two ranges do not belong to the same list of values; the cause is a refusal. */
class ValuesChanged extends Error {}

/**
 * The entry with every attribute whole, under its plain name. One read for every further range; all attributes of the
 * entry share it. Each range begins with the last value of the one before, which shows whether values were added or
 * removed in between, for then their places shift: the attributes are read again from the start, a few times.
 * Throws DIRECTORY_BUSY where they keep changing, DIRECTORY_LIMIT for more values than the limits allow, and
 * DIRECTORY_ANSWER_INVALID for ranges that lead nowhere.
 */
export async function withWholeAttributes(entry: Entry, read: ReadEntry, limits: LdapLimits): Promise<Entry> {
  let current = entry;
  for (let attempt = 1; ; attempt++) {
    const ranges = rangesOf(current);
    if (ranges.length === 0) return current;
    try {
      return await complete(current, ranges, read, limits);
    } catch (error) {
      if (!(error instanceof ValuesChanged)) throw error;
      if (attempt >= limits.rangeAttempts) throw error.cause ?? keepsChanging(entry, ranges, attempt);
    }
    const names = ranges.map(({ name }) => name);
    const again = await read(entry.dn, names);
    if (!again) throw keepsChanging(entry, ranges, attempt);
    current = { dn: entry.dn, attributes: { ...without(current, names), ...again.attributes } };
  }
}

async function complete(
  entry: Entry,
  ranges: ValueRange[],
  read: ReadEntry,
  limits: LdapLimits,
): Promise<Entry> {
  const whole = new Map(ranges.map((range) => [range.name, firstOf(entry, range)]));
  let open = ranges.filter(({ high }) => high !== null);
  while (open.length > 0) {
    const asked = open.map(({ name }) => `${name};range=${whole.get(name)!.length - 1}-*`);
    const answer = await read(entry.dn, asked).catch(refusedRange);
    if (!answer) throw new ValuesChanged();
    const found = rangesOf(answer);
    open = open.flatMap(({ name }) => {
      const next = found.find((range) => range.name.toLowerCase() === name.toLowerCase());
      if (!next) throw new ValuesChanged();
      append(entry, whole.get(name)!, next, answer, limits);
      return next.high === null ? [] : [{ ...next, name }];
    });
  }
  const names = ranges.map(({ name }) => name);
  return { dn: entry.dn, attributes: { ...without(entry, names), ...Object.fromEntries(whole) } };
}

/**
 * The answer to a range that begins behind the last value is not specified: a DC may refuse, or give no values, as
 * Samba 4.17 does. A refusal that stays is the caller's.
 */
function refusedRange(cause: unknown): never {
  const isRefusal = cause instanceof DmsaError && cause.code === 'DIRECTORY_REFUSED';
  throw isRefusal ? new ValuesChanged('', { cause }) : cause;
}

/** The range begins at 0, since none was asked for. */
function firstOf(entry: Entry, range: ValueRange): Value[] {
  const first = valuesOf(entry, range);
  if (range.low !== 0 || first.length === 0) throw invalid(entry, range, first.length);
  return first;
}

/** Adds the range's values, whose first one is known already. */
function append(entry: Entry, whole: Value[], range: ValueRange, answer: Entry, limits: LdapLimits): void {
  const [first, ...more] = valuesOf(answer, range);
  const known = whole.at(-1)!;
  if (range.low !== whole.length - 1 || first === undefined || !isSame(first, known))
    throw new ValuesChanged();
  if (range.high !== null && more.length === 0) throw invalid(entry, range, 1);
  if (whole.length + more.length > limits.values) {
    const message = `${entry.dn}: ${range.name} has more than ${limits.values} values, and no more are read`;
    throw new DmsaError('DIRECTORY_LIMIT', entry.dn, message);
  }
  for (const value of more) whole.push(value);
}

/** The values of a range, which are as many as its name says. */
function valuesOf(entry: Entry, range: ValueRange): Value[] {
  const found = values(entry, described(range));
  if (range.high !== null && found.length !== range.high - range.low + 1) {
    throw invalid(entry, range, found.length);
  }
  return found;
}

function rangesOf(entry: Entry): ValueRange[] {
  return Object.keys(entry.attributes).flatMap((described) => {
    const [, name, low, high] = /^(.+);range=(\d+)-(\d+|\*)$/i.exec(described) ?? [];
    if (name === undefined) return [];
    return [{ name, low: Number(low), high: high === '*' ? null : Number(high) }];
  });
}

function described({ name, low, high }: ValueRange): string {
  return `${name};range=${low}-${high ?? '*'}`;
}

/** The attributes other than these, with range or without. */
function without(entry: Entry, names: string[]): Entry['attributes'] {
  const unwanted = new Set(names.map((name) => name.toLowerCase()));
  const isOther = ([described]: [string, unknown]) =>
    !unwanted.has(described.toLowerCase().replace(/;range=.*$/, ''));
  return Object.fromEntries(Object.entries(entry.attributes).filter(isOther));
}

function isSame(a: Value, b: Value): boolean {
  return Buffer.from(a).equals(Buffer.from(b));
}

function keepsChanging(entry: Entry, ranges: ValueRange[], attempts: number): DmsaError {
  const names = ranges.map(({ name }) => name).join(', ');
  const message = `${entry.dn}: ${names} changed while it was read, ${attempts} ${attempts === 1 ? 'time' : 'times'}`;
  return new DmsaError('DIRECTORY_BUSY', entry.dn, message);
}

function invalid(entry: Entry, range: ValueRange, found: number): DmsaError {
  const message = `${entry.dn}: ${described(range)} has ${found} ${found === 1 ? 'value' : 'values'}`;
  return new DmsaError('DIRECTORY_ANSWER_INVALID', entry.dn, message);
}
