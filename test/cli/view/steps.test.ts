import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';

import { renderPlan } from '../../../src/cli/view/plan.ts';
import { stepLines } from '../../../src/cli/view/steps.ts';
import { columns } from '../../../src/cli/view/text.ts';
import { type Finding, finding } from '../../../src/domain/findings/findings.ts';
import type { PlanStep } from '../../../src/domain/migration/plan-step.ts';
import { planSteps } from '../../../src/domain/migration/plan-steps.ts';
import type { ApproverKey, GatePlan, Plan } from '../../../src/domain/plan/plan.ts';
import { before } from '../../domain/migration/sample-status.ts';
import { samplePlan } from '../../plan/sample-plan.ts';

const now = new Date('2025-06-01T08:00:00.000Z');
const view = { color: false, width: 80, now };
const link: PlanStep = { step: 'link', account: 'svc-web', dmsa: 'dmsa-web$' };
const gate: GatePlan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' };
const plan = samplePlan();

/** What is printed below the two lines that explain it. */
const printed = (...steps: PlanStep[]) => stepLines(steps, view).slice(2);
const many = (count: number, what: string) => Array.from({ length: count }, (_, n) => `${what} ${n + 1}`);

describe('the steps of a plan', () => {
  test('hold nothing that a terminal would obey', () => {
    const hostile = 'a\u001b[2J\u202eb';
    const text = printed(
      { step: 'complete', account: hostile, dmsa: hostile, spns: [hostile], delegates: true },
      { step: 'verify-principals', hosts: [hostile], joinBy: now.toISOString() },
      { step: 'wave-gates', count: 2, asks: { ...gate, approvers: [hostile] } },
    ).join('\n');
    expect(text).not.toMatch(/\p{Cf}|[^\P{Cc}\n]/u);
    expect(text).toContain('1 yes of a\\u{1b}[2J\\u{202e}b');
  });

  test('begin with what their marks mean, and what dates leave out', () => {
    expect(stepLines([], view)).toEqual([
      'Steps   + what changes   ↶ what undoes it',
      '        dates leave out how long votes and restarts take',
    ]);
  });

  test('say what changes and what takes it back; one that does neither says so', () => {
    const created: PlanStep = { step: 'create-dmsa', dmsa: 'dmsa-web$', dn: 'CN=dmsa-web', exists: true };
    expect(printed(created, link)).toEqual([
      '   1  Create dMSA: changes nothing',
      '   2  Link',
      '      + svc-web and dmsa-web$ go to state 1 and point at each other',
      '      ↶ Undo: both in state 0 and unlinked, without the principals that have',
      '        joined since',
    ]);
  });

  test('of more than six changes tell six, and how many more there are', () => {
    const restarts = (count: number): PlanStep => ({
      step: 'restart-services',
      hosts: many(count, 'web').map((name) => ({ name, services: ['WebApp'], pools: [] })),
      bakesUntil: null,
    });
    expect(printed(restarts(6)).slice(0, 7)).toEqual([
      '   1  Restart services',
      ...many(6, '      + restart WebApp on web'),
    ]);
    expect(printed(restarts(7)).slice(6, 8)).toEqual([
      '      + restart WebApp on web 6',
      '      + and 1 more',
    ]);
    expect(printed(restarts(500))[7]).toBe('      + and 494 more');
  });

  test('say until when they wait, at the earliest or at the most, and what for', () => {
    const until = '2025-06-29T08:00:00.000Z';
    expect(
      printed(
        { step: 'observe', until },
        { step: 'restart-and-verify', hosts: [], bakesUntil: until },
        { step: 'verify-principals', hosts: many(3, 'web'), joinBy: '2025-06-01T08:15:00.000Z' },
      ),
    ).toEqual([
      '   1  Observation',
      '        until 2025-06-29 08:00:00 UTC (in 28d 00h) at the earliest',
      '   2  Restart and verify',
      '        waits for the canary to run well',
      '        until 2025-06-29 08:00:00 UTC (in 28d 00h) at the earliest',
      '   3  Principals verified',
      '        waits for 3 hosts to join, else everything is undone',
      '        until 2025-06-01 08:15:00 UTC (in 15m 00s) at most',
    ]);
  });

  test('say who votes, when that expires, and what then', () => {
    const bob = { ...gate, approvers: ['LAB\\bob', 'LAB\\carol'], required: 2, onExpiry: 'undo' as const };
    expect(
      printed(
        { step: 'gate', gate: 'start', asks: gate, expiresAt: '2025-06-08T08:00:00.000Z' },
        { step: 'wave-gates', count: 2, asks: bob },
      ),
    ).toEqual([
      '   1  Gate "start"',
      '        1 yes of anyone but the requester',
      '        expires 2025-06-08 08:00:00 UTC (in 7d 00h), then it stays open',
      '   2  Gates "wave-1" to "wave-2", before each wave',
      '        2 yes of LAB\\bob, LAB\\carol',
      '        each expires 7d after it opens, then everything is undone',
    ]);
  });

  test('are broken where the terminal ends, below their mark, and coloured without moving a letter', () => {
    const approvers = ['CONTOSO\\bartholomew', 'CONTOSO\\wilhelmina', 'CONTOSO\\maximiliane', 'CONTOSO\\bob'];
    const gates = { start: { ...gate, approvers }, complete: gate, wave: { ...gate, approvers }, soak: gate };
    const all = planSteps(samplePlan({ gates, restoreEventLog: true }), before, now.toISOString());
    for (const width of [60, 80, 120]) {
      const lines = stepLines(all, { ...view, width });
      expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(width);
      const coloured = stepLines(all, { ...view, width, color: true });
      expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(lines);
      expect(coloured[0]).not.toBe(lines[0]);
    }
  });
});

/** The lines of the plan from the row of this label on. */
function rows(changes: Partial<Omit<Plan, 'hash'>>, label: string, count: number): string[] {
  const lines = renderPlan(samplePlan(changes), [], view).split('\n');
  const at = lines.findIndex((line) => line.startsWith(`  ${label} `));
  return at < 0 ? [] : lines.slice(at, at + count);
}

describe('whom a plan asks', () => {
  test('has no rows for gates and keys that it does not have', () => {
    for (const label of ['waves', 'soak', 'keys']) expect(rows({}, label, 1)).toEqual([]);
    expect(renderPlan(plan, [], view)).not.toContain('reminder');
    expect(rows({ gates: { ...plan.gates, wave: gate } }, 'soak', 1)).toEqual([]);
    expect(rows({ gates: { ...plan.gates, soak: gate } }, 'waves', 1)).toEqual([]);
  });

  test('is said of each gate with what it asks for, and how often people are reminded', () => {
    const wave: GatePlan = { ...gate, approvers: ['LAB\\bob'], expiresAfter: '4h' };
    const soak: GatePlan = { ...gate, required: 2, onExpiry: 'undo', remindEvery: '1d' };
    expect(rows({ gates: { ...plan.gates, wave, soak } }, 'start', 6)).toEqual([
      '  start      1 yes of anyone but the requester; after 7d it stays open',
      '  waves      each: 1 yes of LAB\\bob; after 4h it stays open',
      '  complete   1 yes of anyone but the requester; after 7d it stays open',
      '  soak       2 yes of anyone but the requester; after 7d everything is undone,',
      '             with a reminder every 1d',
    ]);
  });

  test('is said of keys: whose signature counts, with the beginning of each key’s id', () => {
    const key = (approver: string, kid: string): ApproverKey => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x: 'x',
      kid,
      approver,
    });
    const keys = [key('LAB\\bob', '0123456789abcdef'), key('LAB\\carol', 'fedcba9876543210')];
    expect(rows({ approverKeys: { keys } }, 'keys', 2)).toEqual([
      '  keys       only votes signed by LAB\\bob (01234567), LAB\\carol (fedcba98) count',
    ]);
  });
});

test('findings follow the plan, what blocks first, then warnings, in the order in which they were found', () => {
  const found: Finding[] = [
    finding('CONSTRAINED_DELEGATION', 'svc-web', 'delegates to HTTP/db'),
    finding('HOST_REBOOT_PENDING', 'web02', 'PendingFileRenameOperations is set'),
    finding('HOST_TOO_OLD', 'web03', 'build 20348'),
    finding('PERSON_UNKNOWN', 'LAB\\nobody', 'nothing in lab.example answers to it'),
  ];
  const lines = renderPlan(null, found, view).split('\n');
  expect(lines[0]).toBe('Findings');
  expect(lines.filter((line) => /^ {2}\S/.test(line))).toEqual([
    '  block HOST_TOO_OLD web03',
    '  warn  HOST_REBOOT_PENDING web02',
    '  warn  PERSON_UNKNOWN LAB\\nobody',
    '  info  CONSTRAINED_DELEGATION svc-web',
  ]);
  expect(lines[lines.indexOf('  block HOST_TOO_OLD web03') + 1]).toBe('        build 20348');
  const whole = renderPlan(plan, found, { ...view, steps: [link] }).split('\n');
  const starts = ['Plan ', 'Steps ', 'Findings'].map((title) =>
    whole.findIndex((line) => line.startsWith(title)),
  );
  expect(starts).toEqual([0, expect.any(Number), expect.any(Number)]);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
});
