import type { Value } from '../../src/directory/entry.ts';
import { bitOrRule, inChainRule } from '../../src/directory/schema.ts';
import { definitionOf } from './attributes.ts';
import { valueKey } from './values.ts';

/** LDAP_MATCHING_RULE_BIT_AND (MS-ADTS 3.1.1.3.4.4.1): every bit. */
const bitAndRule = '1.2.840.113556.1.4.803';

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

/** True, false, or null for undefined, which NOT leaves undefined: an entry is found only where it is true. */
export type Match = (entry: Candidate) => boolean | null;

/** Looks at the filter once, so that each of many entries costs little. */
export function matcher(filter: LdapFilter): Match {
  switch (filter.kind) {
    case 'and':
      return combined(filter.filters.map(matcher), false);
    case 'or':
      return combined(filter.filters.map(matcher), true);
    case 'not': {
      const inner = matcher(filter.filter);
      return (entry) => {
        const result = inner(entry);
        return result === null ? null : !result;
      };
    }
    case 'present':
      return onValues(filter.attribute, () => true);
    case 'equal':
      return equal(filter.attribute, filter.value);
    case 'at-least':
      return ordered(filter.attribute, filter.value, (order) => order >= 0);
    case 'at-most':
      return ordered(filter.attribute, filter.value, (order) => order <= 0);
    case 'substrings':
      return substrings(filter);
    case 'extensible':
      return extensible(filter);
  }
}

export function evaluate(filter: LdapFilter, entry: Candidate): boolean | null {
  return matcher(filter)(entry);
}

/**
 * Equalities of which whatever the filter finds has at least one, on attributes that `isIndexed`; null where there are
 * none. An index then tells which entries need to be looked at.
 */
export function requiredEqualities(
  filter: LdapFilter,
  isIndexed: (attribute: string) => boolean,
): { attribute: string; value: Buffer }[] | null {
  if (filter.kind === 'equal') return isIndexed(filter.attribute) ? [filter] : null;
  if (filter.kind !== 'and' && filter.kind !== 'or') return null;
  const parts = filter.filters.map((part) => requiredEqualities(part, isIndexed));
  if (filter.kind === 'and') return parts.find((part) => part !== null) ?? null;
  return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
}

/** AND ends at the first false, OR at the first true; otherwise one undefined part makes the whole undefined. */
function combined(parts: Match[], decisive: boolean): Match {
  return (entry) => {
    let result: boolean | null = !decisive;
    for (const match of parts) {
      const part = match(entry);
      if (part === decisive) return decisive;
      if (part === null) result = null;
    }
    return result;
  };
}

const undefinedMatch: Match = () => null;

function onValues(attribute: string, test: (value: Value) => boolean): Match {
  return (entry) => entry.values(attribute)?.some(test) ?? null;
}

function equal(attribute: string, value: Buffer): Match {
  const key = valueKey(attribute, value);
  if (key === null) return undefinedMatch;
  return onValues(attribute, (each) => valueKey(attribute, each) === key);
}

function ordered(attribute: string, value: Buffer, wanted: (order: number) => boolean): Match {
  const bound = valueKey(attribute, value);
  if (bound === null) return undefinedMatch;
  const numeric = definitionOf(attribute).syntax === 'integer';
  return onValues(attribute, (each) => {
    const key = valueKey(attribute, each);
    return key !== null && wanted(numeric ? compare(BigInt(key), BigInt(bound)) : compare(key, bound));
  });
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** DNs have none (MS-ADTS 3.1.1.2.2.4.1). */
function substrings({ attribute, initial, any, final }: LdapFilter & { kind: 'substrings' }): Match {
  if (definitionOf(attribute).syntax === 'dn') return undefinedMatch;
  const part = (octets: Buffer | null) => octets?.toString().toLowerCase() ?? '';
  const [first, middle, last] = [part(initial), any.map(part), part(final)];
  return onValues(attribute, (value) => {
    const text = value.toString().toLowerCase();
    if (!text.startsWith(first)) return false;
    let from = first.length;
    for (const each of middle) {
      const found = text.indexOf(each, from);
      if (found < 0) return false;
      from = found + each.length;
    }
    return text.length - from >= last.length && text.endsWith(last);
  });
}

function extensible({ rule, attribute, value }: LdapFilter & { kind: 'extensible' }): Match {
  if (attribute === null) return undefinedMatch;
  if (rule === null) return equal(attribute, value);
  if (rule === inChainRule) return inChain(attribute, value.toString());
  if (rule !== bitAndRule && rule !== bitOrRule) return undefinedMatch;
  const key = valueKey('uSNChanged', value);
  if (key === null || definitionOf(attribute).syntax !== 'integer') return undefinedMatch;
  const mask = BigInt(key);
  return onValues(attribute, (each) => {
    const bits = BigInt(each.toString()) & mask;
    return rule === bitAndRule ? bits === mask : bits !== 0n;
  });
}

function inChain(attribute: string, dn: string): Match {
  if (definitionOf(attribute).syntax !== 'dn' || valueKey(attribute, dn) === null) return undefinedMatch;
  return (entry) => (entry.values(attribute) === null ? null : entry.reaches(attribute, dn));
}
