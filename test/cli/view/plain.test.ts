import { describe, expect, test } from 'vitest';
import { plainLines } from '../../../src/cli/view/plain.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import { wordVote } from '../../../src/wording/vote.ts';
import { at, completed, waiting } from '../../domain/migration/sample-status.ts';

const operator = {
  ...{ kind: 'operator' as const, step: 'link' as const, since: '2025-06-01T08:00:00.000Z', until: null },
  failure: { code: 'LINK_UNPROVEN', message: 'whose link is it?' },
};

const principals = { kind: 'principals' as const, hosts: ['web02.lab.example'], until: null };

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

  test('say why an early vote does not count', () => {
    const early = {
      ...waiting.gates[0]!.votes[0]!,
      verdict: 'refused' as const,
      code: 'VOTE_MALFORMED' as const,
    };
    expect(plainLines(waiting, { ...waiting, earlyVotes: [early] })).toEqual([
      `Before any gate was open: ${wordVote(early)}, does not count: the vote lacks gate, hash, by or decision`,
    ]);
  });

  test('tell a wait again when its reason is another, not when only its times are', () => {
    const lines = (refused: string[], since: string) =>
      plainLines(
        { ...waiting, waitingFor: { ...principals, refused: [], since: at(1) } },
        { ...waiting, waitingFor: { ...principals, refused, since } },
      );
    expect(lines([], at(2))).toEqual([]);
    expect(lines(['web02.lab.example'], at(1))).toEqual([
      'waiting for web02 among the principals (refused: web02.lab.example)',
    ]);
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
