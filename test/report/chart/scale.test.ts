import fc from 'fast-check';
import { expect, test } from 'vitest';

import { timeScale } from '../../../src/report/chart/scale.ts';

const day = 86_400_000;

test('stages of like lengths are drawn to scale', () => {
  const scale = timeScale([0, 10, 30, 60], 600);
  expect(scale.isLinear).toBe(true);
  expect([0, 10, 30, 45, 60].map(scale.at)).toEqual([0, 100, 300, 450, 600]);
});

test('beside 28 days, what took a second is still to be seen, and eight times as long is twice as wide', () => {
  const scale = timeScale([0, 1_000, 1_000 + 28 * day, 1_000 + 28 * day + 8_000], 1_000);
  expect(scale.isLinear).toBe(false);
  const second = scale.at(1_000);
  const eight = 1_000 - scale.at(1_000 + 28 * day);
  expect(second).toBeGreaterThan(5);
  expect(eight / second).toBeCloseTo(2, 6);
});

test('later is never further left, and nothing is outside', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60 * day), { minLength: 1 }), fc.array(fc.nat(60 * day)), (times, others) => {
      const scale = timeScale(times, 500);
      const places = [...times, ...others].sort((a, b) => a - b).map(scale.at);
      for (const [at, place] of places.entries()) {
        expect(place).toBeGreaterThanOrEqual(at === 0 ? 0 : places[at - 1]! - 1e-9);
        expect(place).toBeLessThanOrEqual(500 + 1e-9);
      }
    }),
  );
});
