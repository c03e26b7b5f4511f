import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderFacts } from '../../../lab/demo/facts.ts';
import { plainLines } from '../../../src/cli/view/plain.ts';
import { renderPlan } from '../../../src/cli/view/plan.ts';
import { renderStatus } from '../../../src/cli/view/status.ts';
import { columns } from '../../../src/cli/view/text.ts';
import { errorKinds } from '../../../src/domain/errors/errors.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import {
  account,
  completed,
  evidence,
  gate,
  now,
  plan,
  restarting,
  undone,
  unpreparedHost,
  vote,
  waiting,
} from '../../domain/migration/sample-status.ts';

const options = { color: false, width: 80, now };

const operator = {
  ...{ kind: 'operator' as const, step: 'link' as const, since: '2025-06-01T08:00:00.000Z', until: null },
  failure: { code: 'LINK_UNPROVEN', message: 'whose link is it?' },
};

const hostile = 'web\u001b[2J\u202e\n01';

describe('what comes from a directory or a person', () => {
  test('never reaches the terminal as a control character, wherever it stands.', () => {
    const status: MigrationStatus = {
      ...waiting,
      account: hostile,
      requestedBy: hostile,
      waitingFor: { ...operator, failure: { code: hostile, message: hostile } },
      hosts: [evidence(hostile)],
      gates: [
        gate({ votes: [vote(hostile, { reason: hostile })], drift: [{ path: hostile, before: hostile }] }),
      ],
      failure: { code: hostile, message: hostile },
    };
    const facts = {
      account: { ...account, samAccountName: hostile },
      dmsa: null,
      hosts: [unpreparedHost(hostile)],
    };
    const printed = [
      renderStatus(status, { ...options, progress: { [hostile]: hostile } }),
      plainLines(null, status).join('\n'),
      renderFacts(facts, facts, options),
      renderPlan(
        { ...plan, requestedBy: hostile },
        [{ ...waiting.findings[0]!, evidence: hostile }],
        options,
      ),
    ].join('\n');
    expect(printed).not.toMatch(/\p{Cf}|[^\P{Cc}\n]/u);
    expect(printed).toContain('\\u{1b}[2J\\u{202e}\\u{a}01');
  });
});

describe('a status with a failure', () => {
  const fixOf = (changes: Partial<MigrationStatus>) => {
    const text = renderStatus({ ...waiting, ...changes }, { ...options, width: 500 });
    return text.split('\n').find((line) => line.startsWith('Fix: '));
  };
  const failure = { code: 'RESTORE_DIFFERS', message: 'account.enabled: true → false' };

  test('says what to do about what keeps failing now, else about the failure itself', () => {
    expect(fixOf({ failure })).toBe(`Fix: ${errorKinds.RESTORE_DIFFERS.fix}`);
    expect(fixOf({ failure, waitingFor: operator })).toBe(`Fix: ${errorKinds.LINK_UNPROVEN.fix}`);
  });

  test('says nothing where nothing is to be done, or nobody knows the code', () => {
    expect(fixOf({ failure: { code: 'UNDO_REQUESTED', message: 'x' } })).toBeUndefined();
    expect(fixOf({ failure: { code: 'TypeError', message: 'x' } })).toBeUndefined();
    expect(fixOf({ failure: null })).toBeUndefined();
  });
});

describe('a status on a terminal', () => {
  test.each([
    ['a migration at a gate', waiting],
    ['a migration at work', restarting],
    ['a completed migration', completed],
    ['an undone migration', undone],
  ])('of %s never writes beyond its columns, with colours and without.', (_, status) => {
    for (const width of [60, 80, 120]) {
      const plain = renderStatus(status, { ...options, width });
      expect(Math.max(...plain.split('\n').map(columns))).toBeLessThanOrEqual(width);
      expect(stripVTControlCharacters(renderStatus(status, { ...options, width, color: true }))).toBe(plain);
    }
  });

  test('fits the rows of the terminal: what stages changed goes first, then undo and findings, then far stages.', () => {
    const text = (height: number) => renderStatus(waiting, { ...options, height });
    for (const height of [24, 30, 40, 46])
      expect(text(height).split('\n').length).toBeLessThanOrEqual(height);
    expect(text(100)).toContain('web01.lab.example: DelegatedMSAEnabled absent → 1');
    expect(text(46)).not.toContain('web01.lab.example: DelegatedMSAEnabled absent → 1');
    expect(text(46)).toContain('An undo would now');
    expect(text(36)).not.toContain('An undo would now');
    expect(text(36)).toContain(' ✓ Preflight ');
    expect(text(24)).toContain(
      [
        ' … 8 before',
        ` ✓ Observation${' '.repeat(63)}13s`,
        ` ✓ Preflight again${' '.repeat(58)}1.0s`,
        ` ▶ Gate "complete"${' '.repeat(59)}15s`,
        ' · Complete',
        ' · Restart and verify',
        ' … 2 to come',
      ].join('\n'),
    );
    expect(text(24)).toContain('  missing: 1 of LAB\\bob, LAB\\cid');
    expect(text(24)).not.toContain('Findings');
  });

  test('shows stages behind, at hand and ahead with their durations.', () => {
    const lines = renderStatus(restarting, { ...options, spinner: '⠋' }).split('\n');
    expect(lines[0]).toBe(`svc-web → dmsa-web$${' '.repeat(47)}running 1m 00s`);
    expect(lines).toContain(` ✓ Link${' '.repeat(69)}2.0s`);
    expect(lines).toContain(` ⠋ Restart services${' '.repeat(58)}44s`);
    expect(lines).toContain('   started again at 2025-06-01T08:00:17.000Z: the principals changed');
    expect(lines).toContain(' · Observation');
  });

  test('shows what is waited for, the votes that count and those that do not, and who is missing.', () => {
    expect(renderStatus(waiting, options)).toContain(
      [
        'Waiting for 2 votes at gate "complete"',
        'Until 2025-06-08 08:00:45 UTC (in 6d 23h)',
        '',
        'Gate "complete": 1 of 2 votes, expires 2025-06-08 08:00:45 UTC (in 6d 23h)',
        '  evidence eeeeeeeeeeeeeeee',
        '  ✓ LAB\\ann approves "looks good"',
        '  - LAB\\rosa approves "my own" (does not count: the requester may not approve',
        '    the migration)',
        '  missing: 1 of LAB\\bob, LAB\\cid',
      ].join('\n'),
    );
  });

  test('shows a vote for older evidence as voided, with what changed.', () => {
    const stale = gate({
      votes: [vote('LAB\\ann', { hash: 'f'.repeat(64) })],
      drift: [{ path: 'hosts.web02.build', before: 26100, after: 20348 }],
    });
    const text = renderStatus({ ...waiting, gates: [stale] }, options);
    expect(text).toContain('0 of 2 votes');
    expect(text).toContain('- LAB\\ann approves "looks good" (voided: the evidence has changed since)');
    expect(text).toContain('changed: hosts.web02.build: 26100 → 20348');
    expect(text).toContain('missing: 2 of LAB\\ann, LAB\\bob, LAB\\cid');
  });

  test('shows the hosts as a matrix in which unknown is a question mark, with what each does now.', () => {
    expect(
      renderStatus(restarting, { ...options, progress: { 'web03.lab.example': 'restarting WebApp' } }),
    ).toContain(
      [
        'Hosts                policy  restart  307  308  principal  309',
        '  web01.lab.example  yes     yes      yes  yes  yes        ?',
        '  web02.lab.example  yes     yes      ?    ?    yes        ?',
        '  web03.lab.example  yes     yes      yes  no   no         ?',
        '    restarting WebApp',
      ].join('\n'),
    );
  });

  test('of many hosts shows those that are least far.', () => {
    const hosts = Array.from({ length: 500 }, (_, n) =>
      evidence(`h${n}.lab.example`, n === 321 ? { joined: 'no' } : {}),
    );
    const text = renderStatus({ ...waiting, hosts }, { ...options, maxHosts: 5 });
    expect(text).toContain('h321.lab.example  yes     yes      yes  no ');
    expect(text).toContain('  and 495 more');
  });

  test('marks the stage that failed, the undo, and what was not reached.', () => {
    const lines = renderStatus(undone, options).split('\n');
    expect(lines).toContain(` ✗ Gate "complete"${' '.repeat(58)}5.0s`);
    expect(lines).toContain(' – Soak');
    expect(lines).toContain(` ↩ Undo${' '.repeat(69)}8.0s`);
    expect(lines).toContain('GATE_REJECTED: gate "complete": LAB\\bob rejected: change freeze');
    expect(lines.join('\n')).not.toContain('An undo would now');
  });
});
