import { expect, test } from 'vitest';
import { hostLines } from '../../../src/cli/view/hosts.ts';
import type { HostEvidence } from '../../../src/domain/facts/host-evidence.ts';
import { evidence } from '../../domain/migration/sample-status.ts';

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
    '    HEALTH_CHECK_FAILED: HTTP 503',
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
