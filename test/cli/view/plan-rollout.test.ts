import { describe, expect, test } from 'vitest';

import { renderPlan } from '../../../src/cli/view/plan.ts';
import { columns } from '../../../src/cli/view/text.ts';
import type { HealthCheck, Plan, Rollout } from '../../../src/domain/plan/plan.ts';
import { samplePlan } from '../../plan/sample-plan.ts';

const plan = samplePlan();
const [web01, web02, web03] = plan.hosts as [Plan['hosts'][0], Plan['hosts'][0], Plan['hosts'][0]];
const now = new Date('2025-06-04T12:00:00.000Z');

/** The lines of the plan about its rollout. */
function shown(changes: Partial<Plan>, at = now): string[] {
  const lines = renderPlan(samplePlan(changes), [], { color: false, width: 80, now: at }).split('\n');
  expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(80);
  const from = lines.findIndex((line) => line.startsWith('  hosts '));
  return lines.slice(
    from,
    lines.findIndex((line) => line.startsWith('  on each ')),
  );
}

const rollout = (changes: Partial<Rollout>): Rollout => ({ ...plan.rollout, ...changes });
const tcp: HealthCheck = { kind: 'tcp', port: 8080, attempts: 6, everySeconds: 10 };

describe('the rollout of a plan', () => {
  test('shows who goes with whom, in order, with groups and application pools', () => {
    const hosts = [
      { ...web01, group: 'farm' },
      { ...web02, group: 'farm', services: [], pools: ['Shop', 'Admin'] },
      { ...web03, services: [] },
    ];
    expect(shown({ hosts, rollout: rollout({ canary: 2, maxUnavailable: 3, bake: '2h' }) })).toEqual([
      '  hosts      3, in 3 waves: 2 first, then at most 5 at a time, at most 3 down at',
      '             once',
      '  canary     web01.lab.example (farm): WebApp',
      '  canary     web02.lab.example (farm): pool Shop, pool Admin',
      '  wave 3     web03.lab.example: no service',
      '  bake       2h, in which the canary stays healthy',
      '  failures   none: with the first host that fails everything is undone',
      '  reboot     never',
    ]);
  });

  test('shows when it may begin, how many hosts may fail, and when hosts are rebooted', () => {
    const windows: Rollout['windows'] = [
      { days: ['sat', 'sun'], from: '22:00', to: '04:00', timeZone: 'Europe/Zurich' },
      { days: [], from: '01:00', to: '02:00', timeZone: 'Asia/Kathmandu' },
    ];
    const changes = { rollout: rollout({ canary: 0, windows, maxFailures: 2, reboot: 'after-policy' }) };
    expect(shown(changes)).toEqual([
      '  hosts      3, in 1 wave: 0 first, then at most 5 at a time',
      '  wave 1     web01.lab.example: WebApp',
      '             web02.lab.example: WebApp',
      '             web03.lab.example: WebApp',
      '  failures   2 hosts may fail, and wait for retry or skip; one more, and',
      '             everything is undone',
      '  windows    sat,sun 22:00-04:00 Europe/Zurich',
      '             every day 01:00-02:00 Asia/Kathmandu',
      '             next open at 2025-06-04 19:15:00 UTC',
      '  reboot     hosts that get the policy or wait for a reboot, before the link, in',
      '             a window',
    ]);
    expect(shown(changes, new Date('2025-06-07T20:00:00.000Z'))).toContain('             open now');
  });

  test('says so where this machine does not know the time zone, and where a reboot waits for no window', () => {
    const windows: Rollout['windows'] = [
      { days: [], from: '01:00', to: '02:00', timeZone: 'Europe/Atlantis' },
    ];
    expect(shown({ rollout: rollout({ windows }) })).toContain(
      '             this machine does not know when the next one opens',
    );
    expect(shown({ rollout: rollout({ reboot: 'when-pending' }) })).toContain(
      '  reboot     hosts that wait for a reboot, before the link, at any time',
    );
  });

  test('shows each check once, with the hosts that have to pass it; what would obey a terminal is shown instead', () => {
    const url: HealthCheck = {
      kind: 'http',
      url: 'http://localhost/',
      status: 204,
      attempts: 1,
      everySeconds: 10,
    };
    const script: HealthCheck = { kind: 'script', path: 'C:\\a\u001bb.ps1', attempts: 2, everySeconds: 5 };
    const hosts = [
      { ...web01, checks: [tcp, url] },
      { ...web02, checks: [tcp, script] },
      { ...web03, checks: [tcp] },
    ];
    expect(shown({ hosts }).slice(-3)).toEqual([
      '  checks     TCP port 8080 (6 times, 10s apart): every host',
      '             http://localhost/ answers 204 (once): web01.lab.example',
      '             script C:\\a\\u{1b}b.ps1 (2 times, 5s apart): web02.lab.example',
    ]);
  });
});
