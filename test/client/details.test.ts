import { expect, test } from 'vitest';

import { planDetails, planSummary } from '../../src/client/details.ts';
import { samplePlan } from '../plan/sample-plan.ts';

test('what Temporal shows of a plan holds no markup from outside', () => {
  const plan = samplePlan({ requestedBy: 'LAB\\`[x](y)`' });
  plan.account = { ...plan.account, samAccountName: '*svc*', dn: 'CN=a`# b,DC=lab' };
  expect(planSummary(plan)).toMatch(/^\\\*svc\\\* → \S+\$ on \d+ hosts$/);
  const [first, , account] = planDetails(plan).split('\n');
  expect(first).toBe(`Requested by \`\` LAB\\\`[x](y)\` \`\`, plan \`${plan.hash.slice(0, 16)}\``);
  expect(account).toBe('- account `` CN=a`# b,DC=lab ``');
});
