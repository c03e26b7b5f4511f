import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  batches,
  dmsaLockId,
  dmsaMark,
  dmsaSamAccountName,
  isWaveGate,
  migrationId,
  targetOf,
} from '../../../src/domain/plan/plan.ts';
import { samplePlan } from '../../plan/sample-plan.ts';

const plan = samplePlan();

describe('batches', () => {
  test('keep every member in its order, none empty, none too large', () => {
    const size = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(fc.array(fc.integer()), size, (items, most) => {
        const made = batches(items, most);
        expect(made.flat()).toEqual(items);
        for (const batch of made) expect(batch.length > 0 && batch.length <= most).toBe(true);
      }),
    );
  });
});

test('a gate of a wave is told from the others', () => {
  expect(['start', 'wave-1', 'wave-12', 'complete', 'soak'].filter(isWaveGate)).toEqual([
    'wave-1',
    'wave-12',
  ]);
});

describe('names made of a plan', () => {
  const shouted = samplePlan({
    account: { ...plan.account, samAccountName: 'SVC-Web' },
    domain: { ...plan.domain, dnsName: 'LAB.example' },
    dmsa: { ...plan.dmsa, name: 'DMSA-Web' },
  });

  test('are the same for one account however it is written, so that it migrates once at a time', () => {
    expect(migrationId(plan)).toBe('dmsa/lab.example/svc-web');
    expect(migrationId(shouted)).toBe('dmsa/lab.example/svc-web');
    expect(dmsaLockId(plan)).toBe('dmsa-lock/lab.example/dmsa-web');
    expect(dmsaLockId(shouted)).toBe('dmsa-lock/lab.example/dmsa-web');
  });

  test('the mark of a dMSA names the account and this very plan', () => {
    expect(dmsaMark(plan)).toBe(`Created by dmsa for svc-web, plan ${plan.hash.slice(0, 16)}`);
    expect(dmsaMark(samplePlan({ enableEventLog: false }))).not.toBe(dmsaMark(plan));
  });

  test('the dMSA’s account name ends in a dollar sign', () => {
    expect(dmsaSamAccountName(plan.dmsa)).toBe('dmsa-web$');
  });

  test('a target carries the hash and none of the hosts', () => {
    expect(Object.keys(targetOf(plan))).toEqual(['domain', 'account', 'dmsa', 'hash']);
  });
});
