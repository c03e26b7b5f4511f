import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';

import { renderFacts } from '../../../lab/demo/facts.ts';
import { plainLines } from '../../../src/cli/view/plain.ts';
import { renderPlan } from '../../../src/cli/view/plan.ts';
import { renderStatus } from '../../../src/cli/view/status.ts';
import { columns, padTo, wrap } from '../../../src/cli/view/text.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import { wordUndo } from '../../../src/wording/journal.ts';
import { elapsed, momentFrom } from '../../../src/wording/time.ts';
import {
  account,
  after,
  before,
  completed,
  dmsa,
  evidence,
  gate,
  hostFacts,
  now,
  plan,
  restarting,
  undone,
  vote,
  waiting,
} from '../fixtures.ts';

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
      hosts: [hostFacts(hostile)],
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

test('what an undo would do is said newest first, hosts that get the same together.', () => {
  expect(wordUndo(waiting)).toEqual([
    'unlink svc-web and dmsa-web$, both in state 0',
    'restart WebApp on web03.lab.example, if that took effect',
    'restart WebApp on 2 hosts',
    'remove dmsa-web$, which this migration created',
    'put the policy back (not set, event log off) on 3 hosts',
  ]);
  const complete = {
    id: 'complete',
    target: dmsa.dn,
    status: 'applied',
    registeredAt: now.toISOString(),
    step: 'complete',
    beforeImage: { account, dmsa },
  } as const;
  expect(wordUndo({ ...waiting, journal: [...waiting.journal, complete] })[0]).toBe(
    'undo the completion: enable svc-web, move 2 SPNs back from dmsa-web$, both in state 1',
  );
  expect(wordUndo(undone)).toEqual([]);
});

describe('plain lines', () => {
  test('say nothing where nothing happened.', () => {
    expect(plainLines(waiting, structuredClone(waiting))).toEqual([]);
  });

  test('say each thing that happened once, in the order of the stages.', () => {
    expect(plainLines(waiting, completed)).toEqual([
      'Gate "complete": approved',
      'Gate "complete": ended after 7.0s',
      'web01.lab.example: 309 yes',
      'web02.lab.example: 307 yes, 308 yes, 309 yes',
      'web03.lab.example: 308 yes, principal yes, 309 yes',
      'Complete: svc-web is superseded and disabled',
      'Complete: ended after 1.0s',
      'Restart and verify: ended after 4.0s',
      'Soak: ended after 3.0s',
      'completed after 1m 00s',
    ]);
  });

  test('begin with who is migrated, and tell gates, votes, findings and waiting.', () => {
    const lines = plainLines(null, waiting);
    expect(lines[0]).toBe('dmsa/lab.example/svc-web: svc-web → dmsa-web$, asked for by LAB\\rosa');
    expect(lines).toContain(
      'Gate "complete": open for evidence eeeeeeeeeeeeeeee, missing: 1 of LAB\\bob, LAB\\cid, expires 2025-06-08 08:00:45 UTC',
    );
    expect(lines).toContain('Gate "complete": LAB\\ann approves "looks good", counts');
    expect(lines).toContain(
      'Gate "complete": LAB\\rosa approves "my own", does not count: the requester may not approve the migration',
    );
    expect(lines).toContain(
      `warn HOST_REBOOT_PENDING web02.lab.example: PendingFileRenameOperations is set (fix: ${waiting.findings[0]!.fix})`,
    );
    expect(lines.at(-1)).toBe('waiting for 2 votes at gate "complete", until 2025-06-08 08:00:45 UTC');
  });

  test('tell a pause, a failure and the outcome.', () => {
    const parked: MigrationStatus = {
      ...waiting,
      paused: true,
      outcome: 'needs-operator',
      waitingFor: operator,
      failure: { code: 'RESTORE_DIFFERS', message: 'account.enabled: true → false' },
    };
    expect(plainLines(waiting, parked)).toEqual([
      'paused',
      'RESTORE_DIFFERS: account.enabled: true → false',
      'waiting for an operator, to undo link: LINK_UNPROVEN whose link is it? (signal retry)',
      'needs-operator',
    ]);
  });
});

describe('the directory before and after', () => {
  test('has a mark where something changed, and none where nothing did.', () => {
    expect(renderFacts(before, after, options)).toBe(
      [
        '                   before                         after',
        'Account svc-web',
        '  * state          0 unlinked                     2 completed',
        '  * enabled        yes                            no',
        '  * superseded by  absent                         dmsa-web$',
        '  * SPNs           HTTP/web.lab.example           absent',
        '                   HTTP/web.lab.example:8443',
        'dMSA dmsa-web$',
        '  * state          absent                         2 completed',
        '  * enabled        absent                         yes',
        '  * preceded by    absent                         svc-web',
        '  * SPNs           absent                         HTTP/web.lab.example',
        '                                                  HTTP/web.lab.example:8443',
        '  * encryption     absent                         AES256 (0x10)',
        '  * principals     absent                         WEB01$',
        '                                                  WEB02$',
        '                                                  WEB03$',
        '3 hosts alike: web01.lab.example, web02.lab.example, web03.lab.example',
        '  * policy         not set                        1',
        '  * event log      off                            on',
        '    services       WebApp Running, as             WebApp Running, as',
        '                   LAB\\svc-web                    LAB\\svc-web',
      ].join('\n'),
    );
    expect(renderFacts(before, before, options)).not.toContain('*');
  });

  test('shows a host that differs from its twins on its own.', () => {
    const stopped = hostFacts('web02.lab.example', {
      unreachable: { code: 'HOST_UNREACHABLE', message: 'no route' },
    });
    const text = renderFacts({ ...before, hosts: [before.hosts[0]!, stopped] }, null, options);
    expect(text).toContain('Host web01.lab.example');
    expect(text).toContain('Host web02.lab.example\n  * reachable');
    expect(text).toContain('no: HOST_UNREACHABLE: no route');
  });
});

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

test('text is measured, filled up and broken in columns, wide letters as two.', () => {
  expect(columns('日本e\u0301')).toBe(5);
  expect(padTo('日本語', 5)).toBe('日本…');
  expect(padTo('日本語', 4)).toBe('日 …');
  expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc']);
  expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
});

test('durations and moments are short and exact enough.', () => {
  expect([0, 9_940, 9_960, 59_600, 125_000, 11_520_000, 601_200_000].map(elapsed)).toEqual([
    '0.0s',
    '9.9s',
    '10s',
    '1m 00s',
    '2m 05s',
    '3h 12m',
    '6d 23h',
  ]);
  expect(momentFrom('2025-06-01T07:00:00.000Z', now)).toBe('2025-06-01 07:00:00 UTC (1h 01m ago)');
});
