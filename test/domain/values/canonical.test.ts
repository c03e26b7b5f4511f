import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { canonicalJson } from '../../../src/domain/values/canonical.ts';

/** Any JSON value; -0 is the 0 that JSON writes it as. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** The same value with every object's keys the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, turned(member)]);
  return Object.fromEntries(entries.reverse());
}

describe('what has no canonical form is refused', () => {
  test.each([
    ['nothing', undefined],
    ['undefined in a list', [undefined]],
    ['a hole in a list', new Array(2)],
    ['NaN', NaN],
    ['infinity', { left: -Infinity }],
    ['a big integer', 1n],
    ['a function', { call: () => 1 }],
    ['a date', new Date(0)],
    ['a map', { map: new Map([['a', 1]]) }],
    ['octets', Buffer.from('a')],
  ])('%s', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('canonical JSON', () => {
  test('sorts keys by code units at every depth and leaves lists alone', () => {
    expect(canonicalJson({ b: [{ z: 1, a: null }, 'x'], a: true, é: 1, Z: 2 })).toBe(
      '{"Z":2,"a":true,"b":[{"a":null,"z":1},"x"],"é":1}',
    );
  });

  test('leaves absent members out', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test('is the same whatever the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test('parses back to the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  test('differs where values differ', () => {
    const pairs = fc.oneof(
      fc.tuple(json, json),
      // Near misses: one member changed, one more, a number as text.
      fc
        .tuple(fc.dictionary(fc.string(), fc.integer()), fc.string(), fc.integer())
        .map(([object, key, to]) => [object, { ...object, [key]: to }]),
      fc.tuple(fc.integer().map(String), fc.constant(null)).map(([digits]) => [digits, Number(digits)]),
    );
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const same = canonicalJson(a) === canonicalJson(b);
        expect(same).toBe(equal(a, b));
      }),
      { numRuns: 500 },
    );
  });
});

/** Structural equality written apart from the code under test. */
function equal(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  if (left.length !== right.length) return false;
  return left.every(
    (key) =>
      Object.hasOwn(b, key) &&
      equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
