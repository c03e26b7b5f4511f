import { expect, test } from 'vitest';

import { hostLines } from '../../src/cli/render/hosts.ts';
import type { HostEvidence } from '../../src/domain/facts.ts';
import { evidenceTable, hostDecisionsTable } from '../../src/report/sections.ts';
import { evidence } from './fixtures.ts';

const full: Partial<HostEvidence> = {
  policy: 'yes',
  restarted: 'no',
  build: 'yes',
  logOn: 'yes',
  healthy: 'no',
  startNameKept: 'yes',
  logonRightKept: 'unknown',
  seen: [
    { at: '2026-01-01T10:00:00.000Z', source: 'host', of: ['policy', 'build', 'logOn'] },
    { at: '2026-01-02T10:00:00.000Z', source: 'restart', of: ['restarted', 'healthy', 'startNameKept'] },
  ],
  skipped: { by: 'LAB\\carol', reason: 'is being replaced', at: '2026-01-03T10:00:00.000Z' },
};
const now = new Date('2026-01-04T10:00:00.000Z');

test('eighty columns hold every verdict, why a host failed and who left it out', () => {
  const failed = [{ host: 'web01.lab.example', code: 'HEALTH_CHECK_FAILED', message: 'HTTP 503', at: '' }];
  const lines = hostLines([evidence('web01.lab.example', full)], { color: false, width: 80, now, failed });
  expect(lines).toEqual([
    'Hosts                bld  pol  log  rst  ok   nam  307  308  prn  309',
    '  web01.lab.example  yes  yes  yes  no   no   yes  yes  yes  yes  ?',
    '    HEALTH_CHECK_FAILED HTTP 503',
    '    skipped by LAB\\carol: is being replaced',
  ]);
});

test('a wide terminal has the titles whole, and columns of which nothing is known are left out', () => {
  const [title] = hostLines([evidence('web01.lab.example', full)], { color: false, width: 120, now });
  expect(title).toBe(
    'Hosts                build  policy  log  restart  healthy  name  307  308  principal  309',
  );
  const [older] = hostLines([evidence('web01.lab.example')], { color: false, width: 120, now });
  expect(older).toBe('Hosts                policy  restart  307  308  principal  309');
});

test('the report says of each verdict when and from where it was read', () => {
  const status = { hosts: [evidence('web01.lab.example', full)] } as Parameters<typeof evidenceTable>[0];
  const { text } = evidenceTable(status)!;
  expect(text).toContain('2026-01-01 10:00:00 UTC, the host: policy, build, log');
  expect(text).toContain('2026-01-02 10:00:00 UTC, its restart: restart, healthy, name');
  expect(text).toContain('skipped 2026-01-03 10:00:00 UTC by LAB\\carol: is being replaced');
});

test('the report has what people said about hosts, escaped, and what was not done about it', () => {
  const decision = {
    action: 'skip',
    host: null,
    by: '<b>',
    reason: '',
    at: '2026-01-01T10:00:00.000Z',
  } as const;
  const status = { hostDecisions: [{ ...decision, refused: 'it names no host of the plan' }] };
  const { text } = hostDecisionsTable(status as unknown as Parameters<typeof hostDecisionsTable>[0])!;
  expect(text).toContain('&lt;b&gt;');
  expect(text).toContain('not done: it names no host of the plan');
});
