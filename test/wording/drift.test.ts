import { expect, test } from 'vitest';

import { wordDrift } from '../../src/wording/drift.ts';

const spns = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `account.spns.${index}`, after: `HTTP/${index}` }));

test('differences stand in one line, each with its path', () => {
  const both = [
    { path: 'account.enabled', before: true, after: false },
    { path: 'hosts.web01', before: { build: 26100 } },
  ];
  expect(wordDrift(both)).toBe('account.enabled: true → false; hosts.web01: {"build":26100} → absent');
});

test('of many differences the first are named and the others counted', () => {
  expect(wordDrift(spns(20))).not.toContain('more');
  expect(wordDrift(spns(23))).toMatch(/account\.spns\.19: absent → HTTP\/19; and 3 more$/);
  expect(wordDrift(spns(23), 23)).toContain('account.spns.22');
});
