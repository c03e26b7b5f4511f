import type { Value } from '../../src/directory/entry.ts';
import { attributeOfOid } from '../directory/attributes.ts';
import { refusal } from '../directory/diagnostics.ts';

/** MaxValRange of AD's LDAP policies (MS-ADTS 3.1.1.3.4.6): more values than this come in ranges only. */
export const largestRange = 1500;

/** Indexes of the first and the last value wanted; `last` is null for all that are left. */
export interface Range {
  first: number;
  last: number | null;
}

/**
 * The attributes that a request names, in lower case, with the range that it wants of each (MS-ADTS 3.1.1.3.1.3.3):
 * `member;range=0-1499`, `member;range=1500-*`. An attribute may be
 * named by its OID. The first of two ranges counts, and any other option names nothing.
 * Throws LdapFailure 53 for what is no range, as Samba does.
 */
export function wantedRanges(attributes: string[]): Map<string, Range | null> {
  const wanted = new Map<string, Range | null>();
  for (const attribute of attributes) {
    const [given, option] = attribute.toLowerCase().split(';') as [string, string?];
    const name = attributeOfOid(given)?.toLowerCase() ?? given;
    if (option === undefined) wanted.set(name, wanted.get(name) ?? null);
    else if (option.startsWith('range=')) wanted.set(name, wanted.get(name) ?? decodeRange(option));
    else wanted.set(`${name};${option}`, null);
  }
  return wanted;
}

/**
 * The values of an attribute as they are sent, and the name that says which they are: `-*` where they are the last.
 * A range that begins beyond the end is empty, as Samba has it.
 */
export function inRange(name: string, values: Value[], range: Range | null): [string, Value[]] {
  if (!range && values.length <= largestRange) return [name, values];
  const { first, last } = range ?? { first: 0, last: null };
  const end = Math.min(last === null ? values.length : last + 1, first + largestRange);
  const isLast = end >= values.length;
  return [`${name};range=${first}-${isLast ? '*' : end - 1}`, values.slice(first, end)];
}

function decodeRange(option: string): Range {
  const [, first, last] = /^range=(\d{1,9})-(\d{1,9}|\*)$/.exec(option) ?? [];
  if (first === undefined || last === undefined) throw refusal.unwilling();
  return { first: Number(first), last: last === '*' ? null : Number(last) };
}
