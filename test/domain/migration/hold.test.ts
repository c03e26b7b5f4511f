import { describe, expect, test } from 'vitest';

import { type Finding, finding } from '../../../src/domain/findings/findings.ts';
import { holdFor } from '../../../src/domain/migration/hold.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { goodDomain } from '../facts/good-facts.ts';

const now = '2025-06-01T08:00:00.000Z';
const effective = '2025-06-01T18:00:00.000Z';
const plan = samplePlan();
const waiting = { ...plan, waitForKds: true };

const partner = {
  ...{ partner: 'DC2', lastSuccess: '2025-05-31T08:00:00.000Z', lastResult: 1722, failures: 24 },
};

const seen = (...findings: Finding[]) => ({
  domain: goodDomain({ kdsEffectiveAt: effective, replication: [partner] }),
  findings,
});
const keyLater = seen(finding('KDS_KEY_NOT_EFFECTIVE', 'forest', `effective from ${effective}`));
const failing = seen(finding('REPLICATION_FAILING', 'DC2', 'no success since 2025-05-31T08:00:00.000Z'));

describe('preflight is not held up', () => {
  test('where nothing is in the way', () => {
    expect(holdFor(seen(), waiting, 'start', now)).toBeNull();
    expect(holdFor(seen(), waiting, 'complete', now)).toBeNull();
  });

  test('by a key that is not effective where the plan does not say to wait for it', () => {
    expect(holdFor(keyLater, plan, 'start', now)).toBeNull();
  });

  test('by replication that fails before anything is linked: it blocks', () => {
    expect(holdFor(failing, waiting, 'start', now)).toBeNull();
  });
});

describe('preflight is held up', () => {
  test('until the key is effective where the plan says so', () => {
    const hold = { reason: { kind: 'kds-key' }, until: effective };
    expect(holdFor(keyLater, waiting, 'start', now)).toEqual(hold);
  });

  test('by replication that fails once the accounts are linked, for as long as between two checks', () => {
    expect(
      holdFor(failing, { ...plan, waits: { ...plan.waits, checkEvery: '10h' } }, 'complete', now),
    ).toEqual({
      reason: { kind: 'replication', partner },
      until: effective,
    });
  });
});
