import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { batches, type PlanHost } from '../../../src/domain/plan/plan.ts';
import { canaryOf, nextCanaryWave, nextWave, waves, without } from '../../../src/domain/plan/rollout.ts';

const serviceTimeout = '2m';
const host = (name: string, group?: string): PlanHost => ({
  name,
  computerSid: 'S-1-5-21-1-2-3-1104',
  services: ['WebApp'],
  ...(group && { group }),
});
const names = (hosts: PlanHost[]) => hosts.map(({ name }) => name).join(' ');
const a = host('a');
const b = host('b');
const c = host('c');
const [x1, x2, x3] = [host('x1', 'x'), host('x2', 'x'), host('x3', 'x')];
const y1 = host('y1', 'y');

describe('the waves of a rollout', () => {
  const shown = (hosts: PlanHost[], rollout: Partial<Parameters<typeof waves>[0]['rollout']>) =>
    waves({ hosts, rollout: { canary: 1, maxParallel: 5, serviceTimeout, ...rollout } }).map(names);

  test('of no hosts are none', () => {
    expect(shown([], {})).toEqual([]);
  });

  test.each([
    [1, 5, ['a', 'b c']],
    [1, 1, ['a', 'b', 'c']],
    [0, 2, ['a b', 'c']],
    [2, 5, ['a b', 'c']],
    [3, 1, ['a b c']],
    [9, 1, ['a b c']],
  ])('of three hosts, %i as canary, then %i at once', (canary, maxParallel, expected) => {
    expect(shown([a, b, c], { canary, maxParallel })).toEqual(expected);
  });

  test('never hold two hosts of one group; who is passed over comes first next time', () => {
    expect(shown([a, x1, x2, b, x3, y1, c], { canary: 1, maxParallel: 3 })).toEqual([
      'a',
      'x1 b y1',
      'x2 c',
      'x3',
    ]);
  });

  test('take canary hosts of one group one after the other, before anyone else', () => {
    expect(shown([x1, x2, a, b], { canary: 3 })).toEqual(['x1 a', 'x2', 'b']);
  });

  test('hold no more hosts than may be unavailable, the canary’s as well', () => {
    expect(shown([a, b, c, y1, x1], { canary: 3, maxParallel: 5, maxUnavailable: 2 })).toEqual([
      'a b',
      'c',
      'y1 x1',
    ]);
  });
});

describe('the next wave, with hosts that are down', () => {
  const rollout = { canary: 0, maxParallel: 3, maxUnavailable: 3 };

  test('is empty where as many are down as may be', () => {
    expect(nextWave([a, b], rollout, [c, x1, y1])).toEqual([]);
    expect(nextWave([a, b], rollout, [c, x1, x2, y1])).toEqual([]);
    expect(nextCanaryWave([a, b], rollout, [c, x1, y1])).toEqual([]);
  });

  test('is empty where all that remain share a group with one that is down', () => {
    expect(nextWave([x2, x3], rollout, [x1])).toEqual([]);
  });

  test('takes only as many as may still become unavailable', () => {
    expect(names(nextWave([a, b, c], rollout, [y1]))).toBe('a b');
  });

  test('leaves the group of a host that is down alone and goes on with the others', () => {
    expect(names(nextWave([x2, a, b], rollout, [x1]))).toBe('a b');
  });

  test('is as large as it may be where a plan does not say how many may be unavailable', () => {
    expect(names(nextWave([a, b, c, y1], { canary: 0, maxParallel: 3 }, [x1, x2]))).toBe('a b c');
  });
});

describe('any rollout', () => {
  const hostsOf = (groups: (string | undefined)[]) => groups.map((group, index) => host(`h${index}`, group));
  const hosts = fc
    .array(fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined, freq: 3 }), { maxLength: 25 })
    .map(hostsOf);
  const rollout = fc.record(
    {
      canary: fc.integer({ min: 0, max: 6 }),
      maxParallel: fc.integer({ min: 1, max: 8 }),
      maxUnavailable: fc.integer({ min: 1, max: 8 }),
      serviceTimeout: fc.constant(serviceTimeout),
    },
    { requiredKeys: ['canary', 'maxParallel', 'serviceTimeout'] },
  );

  test('takes every host exactly once, the canary first, none empty', () => {
    fc.assert(
      fc.property(hosts, rollout, (all, limits) => {
        const plan = { hosts: all, rollout: limits };
        const made = waves(plan);
        const order = made.flat().map(({ name }) => name);
        expect([...order].sort()).toEqual(all.map(({ name }) => name).sort());
        expect(made.every((wave) => wave.length > 0)).toBe(true);
        const canary = canaryOf(plan).map(({ name }) => name);
        expect(order.slice(0, canary.length).sort()).toEqual([...canary].sort());
      }),
    );
  });

  test('keeps each wave within its limits, in the order of the plan, and its groups apart', () => {
    fc.assert(
      fc.property(
        hosts,
        rollout,
        fc.array(fc.constantFrom(x1, y1, a, b), { maxLength: 4 }),
        (all, limits, down) => {
          const wave = nextWave(all, limits, down);
          const most = limits.maxUnavailable ?? Number.POSITIVE_INFINITY;
          expect(wave.length).toBeLessThanOrEqual(limits.maxParallel);
          expect(wave.length === 0 || wave.length + down.length <= most).toBe(true);
          expect(wave).toEqual(all.filter((each) => wave.includes(each)));
          const groups = wave.flatMap(({ group }) => group ?? []);
          expect(new Set(groups).size).toBe(groups.length);
          expect(down.some(({ group }) => group !== undefined && groups.includes(group))).toBe(false);
        },
      ),
    );
  });

  test('starves nobody: a host is passed over only for its group, or because the wave is full', () => {
    fc.assert(
      fc.property(hosts, rollout, (all, limits) => {
        for (let left = all; left.length > 0; ) {
          const wave = nextWave(left, limits);
          expect(wave[0]).toBe(left[0]);
          const size = Math.min(limits.maxParallel, limits.maxUnavailable ?? Number.POSITIVE_INFINITY);
          const last = wave.length === size ? left.indexOf(wave.at(-1)!) : left.length;
          for (const passed of without(left.slice(0, last), wave)) {
            const before = left.slice(0, left.indexOf(passed));
            expect(before.some((each) => wave.includes(each) && each.group === passed.group)).toBe(true);
            expect(passed.group).toBeDefined();
          }
          left = without(left, wave);
        }
      }),
    );
  });

  test('without groups and limits on who is unavailable is what it was before there were any', () => {
    const plain = fc.integer({ min: 0, max: 30 }).map((count) => hostsOf(Array(count).fill(undefined)));
    fc.assert(
      fc.property(plain, rollout, (all, { maxUnavailable: _, ...limits }) => {
        const before = [
          all.slice(0, limits.canary),
          ...batches(all.slice(limits.canary), limits.maxParallel),
        ].filter((wave) => wave.length > 0);
        expect(waves({ hosts: all, rollout: limits })).toEqual(before);
      }),
    );
  });
});
