import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { driftText, findDrift } from '../../../src/domain/values/drift.ts';

describe('drift', () => {
  test.each<[string, unknown, unknown, string[]]>([
    ['a leaf', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b: 1 → 2']],
    ['a leaf that came', {}, { a: 'x' }, ['a: absent → x']],
    ['a leaf that went', { a: false }, {}, ['a: false → absent']],
    ['the whole', null, { a: 1 }, ['(all): null → {"a":1}']],
    ['text that looks like a number', { a: '1' }, { a: 1 }, ['a: 1 → 1']],
    ['an object where nothing was', { a: null }, { a: { b: 1 } }, ['a: null → {"b":1}']],
    ['a list where an object was', { a: {} }, { a: [] }, ['a: {} → []']],
    ['an empty list where nothing was', {}, { a: [] }, ['a: absent → []']],
    [
      'a text in a list',
      { spns: ['a', 'b'] },
      { spns: ['b', 'c'] },
      ['spns.a: a → absent', 'spns.c: absent → c'],
    ],
    ['the same text twice', { spns: ['a', 'a'] }, { spns: ['a'] }, ['spns.a#2: a → absent']],
    ['a number in a list', [1, 2], [1, 3], ['1: 2 → 3']],
    [
      'a host, by its name',
      {
        hosts: [
          { name: 'a', build: 1 },
          { name: 'b', build: 2 },
        ],
      },
      {
        hosts: [
          { name: 'new', build: 9 },
          { name: 'a', build: 1 },
          { name: 'b', build: 3 },
        ],
      },
      ['hosts.b.build: 2 → 3', 'hosts.new: absent → {"name":"new","build":9}'],
    ],
    [
      'a principal, by its SID rather than by its name',
      [{ sid: 'S-1', name: null }],
      [{ sid: 'S-1', name: 'A$' }],
      ['S-1.name: null → A$'],
    ],
  ])('tells %s with its path', (_what, before, after, expected) => {
    expect(findDrift(before, after).map(driftText)).toEqual(expected);
  });

  test('of the same is nothing, in whatever order named members and keys come', () => {
    const before = { a: 1, hosts: [{ name: 'x' }, { name: 'y' }], list: ['p', 'q'] };
    const after = { list: ['q', 'p'], hosts: [{ name: 'y' }, { name: 'x' }], a: 1 };
    expect(findDrift(before, after)).toEqual([]);
  });

  test('is never silent about values that differ, and never speaks of values that are the same', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const facts = fc.record({
      leaf,
      texts: fc.array(fc.constantFrom('a', 'b', 'c', '0', '1'), { maxLength: 4 }),
      named: fc.array(fc.record({ name: fc.constantFrom('x', 'y'), value: leaf }), { maxLength: 3 }),
      object: fc.option(fc.record({ one: leaf })),
    });
    fc.assert(
      fc.property(facts, facts, (before, after) => {
        const same = JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
        expect(findDrift(before, after).length === 0).toBe(same);
        expect(findDrift(before, structuredClone(before))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** Lists of texts in one order; lists of named members by their name, members of one name in their order. */
function sorted<T extends { texts: string[]; named: { name: string }[] }>(facts: T): T {
  const named = [...facts.named].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { ...facts, texts: [...facts.texts].sort(), named };
}
