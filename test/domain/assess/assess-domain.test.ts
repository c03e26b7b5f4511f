import { describe, expect, test } from 'vitest';
import type { DomainFacts } from '../../../src/domain/facts/domain-facts.ts';
import { domainFindings } from '../../../src/domain/findings/domain.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { beforeComplete, beforeStart, goodDomain, now } from '../facts/good-facts.ts';
import { assessor } from './told.ts';

const { told, missing } = assessor();

const dmsaClass = 'msDS-DelegatedManagedServiceAccount';

describe('what stands in the way before Start, each alone', () => {
  const domains: [string, Partial<DomainFacts>, string][] = [
    [
      'a schema without the class and an attribute',
      { schemaLacks: ['msDS-DelegatedMSAState', dmsaClass] },
      `block SCHEMA_LACKS_DMSA schema: it lacks msDS-DelegatedMSAState, ${dmsaClass}`,
    ],
    [
      'a schema that lacks one attribute',
      { schemaLacks: ['msDS-SupersededManagedAccountLinkBL'] },
      'block SCHEMA_LACKS_DMSA schema: it lacks msDS-SupersededManagedAccountLinkBL',
    ],
    [
      'no DC that can be seen',
      { capableDcs: [], controllers: [] },
      'block NO_WS2025_DC domain: no writable DC has build 26100 or later',
    ],
    [
      'an older DC, an RODC that is new enough, and one of an unknown build',
      {
        capableDcs: [],
        controllers: [
          { name: 'dc1.lab.example', site: 'A', writable: true, build: 20348 },
          { name: 'dc2.lab.example', site: 'A', writable: false, build: 26100 },
          { name: 'dc3.lab.example', site: 'A', writable: true, build: null },
        ],
      },
      'block NO_WS2025_DC domain: no writable DC has build 26100 or later: dc1.lab.example build 20348, ' +
        'dc2.lab.example read-only, build 26100, dc3.lab.example build unknown',
    ],
    [
      'a site with RODCs alone',
      {
        controllers: [
          ...goodDomain().controllers,
          ...[1, 2, 3, 4, 5, 6, 7].map((number) => {
            return { name: `ro${number}.lab.example`, site: 'Branch', writable: false, build: 26100 };
          }),
        ],
      },
      'info SITE_ONLY_RODC Branch: ro1.lab.example, ro2.lab.example, ro3.lab.example, ro4.lab.example, ' +
        'ro5.lab.example, and 2 more',
    ],
    [
      'a partner whose last success is a second more than ten hours ago',
      {
        replication: [
          { partner: 'DC2', lastSuccess: '2025-05-31T21:59:59.000Z', lastResult: 1722, failures: 40 },
          { partner: 'DC3', lastSuccess: '2025-05-31T22:00:00.000Z', lastResult: 1722, failures: 40 },
        ],
      },
      'block REPLICATION_FAILING DC2: last success 2025-05-31T21:59:59.000Z, result 1722, 40 failures in a row',
    ],
    [
      'a partner that was never reached, beside one that has just been added',
      {
        replication: [
          { partner: 'DC2', lastSuccess: null, lastResult: 8524, failures: 1 },
          { partner: 'DC3', lastSuccess: null, lastResult: 0, failures: 0 },
        ],
      },
      'block REPLICATION_FAILING DC2: never succeeded, result 8524, 1 failures in a row',
    ],
    [
      'no root key',
      { kdsEffectiveAt: null, kdsKeys: [] },
      'block KDS_KEY_MISSING forest: CN=Master Root Keys is empty',
    ],
    [
      'a root key whose time cannot be read',
      { kdsEffectiveAt: null, kdsKeys: [{ id: 'one', effectiveAt: null, createdAt: null }] },
      'block KDS_KEY_MISSING forest: msKds-UseStartTime cannot be read of one',
    ],
    [
      'a root key that is effective in a millisecond',
      { kdsEffectiveAt: '2025-06-01T08:00:00.001Z' },
      'block KDS_KEY_NOT_EFFECTIVE forest: effective from 2025-06-01T08:00:00.001Z',
    ],
  ];

  test.each(domains)('%s', (_what, changes, expected) => {
    expect(told(beforeStart({ domain: goodDomain(changes) }))).toEqual([expected]);
  });
});

describe('what is good enough before Start', () => {
  test('a root key that is effective at this very moment', () => {
    expect(told(beforeStart({ domain: goodDomain({ kdsEffectiveAt: now }) }))).toEqual([]);
  });

  test('a root key that becomes effective later, where the plan waits for it: a warning; without a key it blocks', () => {
    const kdsEffectiveAt = '2025-06-01T18:00:00.000Z';
    const kdsKeys = [{ id: 'new', effectiveAt: kdsEffectiveAt, createdAt: now }];
    const plan = samplePlan({ waitForKds: true });
    expect(told(beforeStart({ plan, domain: goodDomain({ kdsEffectiveAt, kdsKeys }) }))).toEqual([
      `warn KDS_KEY_NOT_EFFECTIVE forest: effective from ${kdsEffectiveAt}`,
    ]);
    const without = goodDomain({ kdsEffectiveAt: null, kdsKeys: [] });
    expect(told(beforeStart({ plan, domain: without }))).toEqual([
      'block KDS_KEY_MISSING forest: CN=Master Root Keys is empty',
    ]);
  });

  test('a site with an RODC beside a writable DC, and replication of which nothing is known', () => {
    const [dc1] = goodDomain().controllers;
    const rodc = { ...dc1!, name: 'ro1.lab.example', writable: false };
    expect(told(beforeStart({ domain: goodDomain({ controllers: [dc1!, rodc] }) }))).toEqual([]);
  });
});

describe('what stands in the way before Complete', () => {
  test('the only root key is not effective yet, though the plan would wait: hosts fetch keys already', () => {
    const kdsEffectiveAt = '2025-06-01T18:00:00.000Z';
    const kdsKeys = [{ id: 'new', effectiveAt: kdsEffectiveAt, createdAt: now }];
    const plan = samplePlan({ waitForKds: true });
    const domain = goodDomain({ kdsEffectiveAt, kdsKeys });
    expect(told(beforeComplete({ plan, domain }))).toEqual([
      `block KDS_KEY_NOT_EFFECTIVE forest: effective from ${kdsEffectiveAt}`,
    ]);
  });
});

test('every finding about the domain has been produced above, but for a comparison of DCs', () => {
  // assess-replicas produces it: see lag.test.ts.
  expect(missing(domainFindings)).toEqual(['REPLICATION_LAGGING']);
});
