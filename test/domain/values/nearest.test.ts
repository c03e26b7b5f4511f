import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { didYouMean, editDistance, nearest } from '../../../src/domain/values/nearest.ts';

const names = ['plan', 'start', 'status', 'list', 'approve', 'svc-finance', 'web02.contoso.com'];

describe('the nearest name', () => {
  test.each(['x', '', 'frobnicate', 'lst-of-all', 'we'])('is none for %j', (written) => {
    expect(nearest(written, names)).toBeNull();
    expect(didYouMean(written, names)).toBeUndefined();
  });

  test.each([
    ['plna', 'plan'],
    ['PLAN', 'plan'],
    ['staus', 'status'],
    ['sttart', 'start'],
    ['aprove', 'approve'],
    ['svc-fin', 'svc-finance'],
    ['svc-finanec', 'svc-finance'],
    ['web02', 'web02.contoso.com'],
  ])('of %j is %j', (written, meant) => {
    expect(nearest(written, names)).toBe(meant);
    expect(didYouMean(written, names)).toBe(`Did you mean ${meant}?`);
  });

  test('is the first of those that are equally near', () => {
    expect(nearest('svc-c', ['svc-b', 'svc-a'])).toBe('svc-b');
  });

  test('of a name with one slip in it is that name, wherever the slip is', () => {
    const word = fc.stringMatching(/^[a-z]{6,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('drop', 'double', 'swap', 'change'), (name, at, slip) => {
        const index = at % (name.length - 1);
        const [head, letter, next, tail] = [
          name.slice(0, index),
          name[index]!,
          name[index + 1]!,
          name.slice(index + 2),
        ];
        const slipped = {
          drop: `${head}${next}${tail}`,
          double: `${head}${letter}${letter}${next}${tail}`,
          swap: `${head}${next}${letter}${tail}`,
          change: `${head}-${next}${tail}`,
        }[slip];
        expect(editDistance(slipped, name)).toBeLessThanOrEqual(1);
        expect(nearest(slipped, ['0000000', name])).toBe(name);
      }),
    );
  });
});

test('the distance is symmetric, and nothing between equals', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
