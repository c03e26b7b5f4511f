import { expect, test } from 'vitest';
import { renderPlan } from '../../../src/cli/view/plan.ts';
import { columns } from '../../../src/cli/view/text.ts';
import { now, plan, waiting } from '../../domain/migration/sample-status.ts';

const options = { color: false, width: 80, now };

test('a plan says whom it is about, what changes in which order, and who decides.', () => {
  const text = renderPlan(plan, waiting.findings, options);
  expect(text).toContain(`Plan ${plan.hash.slice(0, 16)}: svc-web → dmsa-web$`);
  expect(text).toContain(
    [
      '  hosts      3, in 2 waves: 1 first, then at most 5 at a time',
      '  canary     web01.lab.example: WebApp',
      '  wave 2     web02.lab.example: WebApp',
      '             web03.lab.example: WebApp',
      '  failures   none: with the first host that fails everything is undone',
      '  reboot     never',
      '  on each    ',
    ].join('\n'),
  );
  expect(text).toContain('  start      1 yes of anyone but the requester; after 7d it stays open');
  expect(text).toContain('  warn  HOST_REBOOT_PENDING web02.lab.example');
  expect(Math.max(...text.split('\n').map(columns))).toBeLessThanOrEqual(80);
});
