import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { inRange, largestRange, wantedRanges } from '../../../lab/ldap/ranges.ts';

describe('values in ranges', () => {
  test.each(['member;range=x', 'member;range=', 'member;range=1', 'member;range=*-*', 'member;range=-1-5'])(
    '%s is refused',
    (attribute) => {
      expect(() => wantedRanges([attribute])).toThrow('WILL_NOT_PERFORM');
    },
  );

  test('every value comes once, however many are asked for at a time', () => {
    fc.assert(
      fc.property(fc.nat(4_000), fc.integer({ min: 1, max: 2_000 }), (count, size) => {
        const values = Array.from({ length: count }, (_, index) => String(index));
        const found: string[] = [];
        for (let first = 0; ; ) {
          const option = `member;range=${first}-${first + size - 1}`;
          const [name, part] = inRange('member', values, wantedRanges([option]).get('member')!);
          expect(part.length).toBeLessThanOrEqual(Math.min(size, largestRange));
          found.push(...part.map(String));
          const [, last] = /-(\d+|\*)$/.exec(name)!;
          if (last === '*') break;
          expect(Number(last)).toBe(first + part.length - 1);
          first = Number(last) + 1;
        }
        expect(found).toEqual(values);
      }),
    );
  });

  test('without a range as many come as there may be, and more than that as the first of them', () => {
    const values = Array.from({ length: largestRange + 1 }, (_, index) => String(index));
    expect(inRange('member', values.slice(1), null)).toEqual(['member', values.slice(1)]);
    expect(inRange('member', values, null)).toEqual(['member;range=0-1499', values.slice(0, -1)]);
  });
});
