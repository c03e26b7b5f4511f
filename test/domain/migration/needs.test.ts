import { describe, expect, test } from 'vitest';

import { needsOf } from '../../../src/domain/migration/needs.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import type { WaitReason } from '../../../src/domain/migration/waiting.ts';
import { gate, vote, waiting } from './sample-status.ts';

const at = '2025-06-01T08:00:00.000Z';
const calm: MigrationStatus = { ...waiting, gates: [], failedHosts: [], waitingFor: null };
const waitingFor = (reason: WaitReason) => ({ waitingFor: { ...reason, since: at, until: null } });
const stranger = waitingFor({
  kind: 'strangers',
  principals: [{ sid: 'S-1-5-21-9', name: 'the soak to end' }],
});
const failedHosts = [{ host: 'web01.lab.example', code: 'HOST_UNREACHABLE', message: 'no answer', at }];
const voted = [vote('LAB\\ann'), vote('LAB\\bob')];

describe('what people are needed for', () => {
  test.each<[string, Partial<MigrationStatus>, string]>([
    ['nothing, while the migration works', {}, 'none'],
    ['a principal, whatever it is called', stranger, 'principal'],
    ['nothing, while time passes', waitingFor({ kind: 'observation' }), 'none'],
    ['votes', { gates: [gate({ required: 2, votes: [] })] }, 'approval'],
    ['votes that are late', { gates: [gate({ required: 2, votes: [], overdue: true })] }, 'overdue'],
    [
      'a principal, once there are votes enough',
      { gates: [gate({ votes: voted })], ...stranger },
      'principal',
    ],
    ['a failed host, also while others are worked on', { failedHosts }, 'host'],
    ['an operator, whatever else there is', { outcome: 'needs-operator', failedHosts }, 'operator'],
    ['nothing, once it has ended', { outcome: 'completed', failedHosts, ...stranger }, 'none'],
  ])('%s', (_, changes, needs) => {
    expect(needsOf({ ...calm, ...changes })).toBe(needs);
  });
});
