import type { Value } from '../../directory/entry.ts';
import { inChainRule } from '../../directory/schema.ts';
import { definitionOf } from './attributes.ts';
import { valueKey } from './values.ts';

/** A search filter (RFC 4511 4.5.1.7), assertion values as octets. `~=` is equality to AD (MS-ADTS 3.1.1.3.1.3). */
export type LdapFilter =
  | { kind: 'and' | 'or'; filters: LdapFilter[] }
  | { kind: 'not'; filter: LdapFilter }
  | { kind: 'present'; attribute: string }
  | { kind: 'equal' | 'at-least' | 'at-most'; attribute: string; value: Buffer }
  | { kind: 'substrings'; attribute: string; initial: Buffer | null; any: Buffer[]; final: Buffer | null }
  | { kind: 'extensible'; rule: string | null; attribute: string | null; value: Buffer };

/** What a filter is evaluated on. */
export interface Candidate {
  /** Values of the attribute; null where the schema has no such attribute. */
  values(attribute: string): Value[] | null;
  /** Whether following the link leads to that DN, over any number of objects. */
  reaches(attribute: string, dn: string): boolean;
}

/** LDAP_MATCHING_RULE_BIT_AND and _OR (MS-ADTS 3.1.1.3.4.4.1 and .2). */
const bitAnd = '1.2.840.113556.1.4.803';
const bitOr = '1.2.840.113556.1.4.804';

/** True, false, or null for undefined, which NOT leaves undefined: an entry is found only where it is true. */
export function evaluate(filter: LdapFilter, entry: Candidate): boolean | null {
  switch (filter.kind) {
    case 'and':
      return combine(filter.filters, entry, false);
    case 'or':
      return combine(filter.filters, entry, true);
    case 'not': {
      const inner = evaluate(filter.filter, entry);
      return inner === null ? null : !inner;
    }
    case 'present':
      return onValues(entry, filter.attribute, () => true);
    case 'equal':
      return equal(entry, filter.attribute, filter.value);
    case 'at-least':
      return ordered(entry, filter.attribute, filter.value, (order) => order >= 0);
    case 'at-most':
      return ordered(entry, filter.attribute, filter.value, (order) => order <= 0);
    case 'substrings':
      return onValues(entry, filter.attribute, (value) => hasSubstrings(value, filter));
    case 'extensible':
      return extensible(entry, filter);
  }
}

/** AND ends at the first false, OR at the first true; otherwise one undefined part makes the whole undefined. */
function combine(filters: LdapFilter[], entry: Candidate, decisive: boolean): boolean | null {
  let result: boolean | null = !decisive;
  for (const filter of filters) {
    const part = evaluate(filter, entry);
    if (part === decisive) return decisive;
    if (part === null) result = null;
  }
  return result;
}

function onValues(entry: Candidate, attribute: string, test: (value: Value) => boolean): boolean | null {
  return entry.values(attribute)?.some(test) ?? null;
}

function equal(entry: Candidate, attribute: string, value: Buffer): boolean | null {
  const key = valueKey(attribute, value);
  if (key === null) return null;
  return onValues(entry, attribute, (each) => valueKey(attribute, each) === key);
}

function ordered(
  entry: Candidate,
  attribute: string,
  value: Buffer,
  wanted: (order: number) => boolean,
): boolean | null {
  const bound = valueKey(attribute, value);
  if (bound === null) return null;
  const numeric = definitionOf(attribute).syntax === 'integer';
  return onValues(entry, attribute, (each) => {
    const key = valueKey(attribute, each);
    return key !== null && wanted(numeric ? compare(BigInt(key), BigInt(bound)) : compare(key, bound));
  });
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hasSubstrings(value: Value, filter: LdapFilter & { kind: 'substrings' }): boolean {
  const text = value.toString().toLowerCase();
  const part = (octets: Buffer | null) => octets?.toString().toLowerCase() ?? '';
  const [initial, final] = [part(filter.initial), part(filter.final)];
  if (!text.startsWith(initial)) return false;
  let from = initial.length;
  for (const any of filter.any.map(part)) {
    const found = text.indexOf(any, from);
    if (found < 0) return false;
    from = found + any.length;
  }
  return text.length - from >= final.length && text.endsWith(final);
}

function extensible(entry: Candidate, filter: LdapFilter & { kind: 'extensible' }): boolean | null {
  const { rule, attribute, value } = filter;
  if (attribute === null) return null;
  if (rule === null) return equal(entry, attribute, value);
  if (rule === inChainRule) return inChain(entry, attribute, value.toString());
  if (rule !== bitAnd && rule !== bitOr) return null;
  const mask = valueKey('uSNChanged', value);
  if (mask === null || definitionOf(attribute).syntax !== 'integer') return null;
  return onValues(entry, attribute, (each) => {
    const bits = BigInt(each.toString()) & BigInt(mask);
    return rule === bitAnd ? bits === BigInt(mask) : bits !== 0n;
  });
}

function inChain(entry: Candidate, attribute: string, dn: string): boolean | null {
  if (definitionOf(attribute).syntax !== 'dn' || valueKey(attribute, dn) === null) return null;
  return entry.values(attribute) === null ? null : entry.reaches(attribute, dn);
}
