import { expect, test } from 'vitest';
import { renderList } from '../../../src/cli/commands/list.ts';
import type { ListedMigration } from '../../../src/client/migrations.ts';

const atGate: ListedMigration = {
  migrationId: 'dmsa/lab.example/svc-web',
  account: 'svc-web',
  stage: 'gate-start',
  gate: 'start',
  needs: 'approval',
  outcome: 'running',
  startedAt: '2025-06-01T08:00:00.000Z',
  endedAt: null,
};
const ended: ListedMigration = {
  ...atGate,
  account: 'a\u001bb',
  gate: 'none',
  needs: 'none',
  stage: 'done',
  outcome: 'undone',
};

test('a list without migrations says so.', () => {
  expect(renderList([], { color: false, width: 80 })).toBe('No migrations.');
});

test('a list shows who waits for a vote; it is cut at the width of a terminal and whole elsewhere.', () => {
  expect(renderList([atGate, ended], { color: false, width: Number.POSITIVE_INFINITY }).split('\n')).toEqual([
    'ACCOUNT   OUTCOME  STAGE       NEEDS        STARTED (UTC)     ID',
    'svc-web   running  gate-start  vote: start  2025-06-01 08:00  dmsa/lab.example/svc-web',
    'a\\u{1b}b  undone                            2025-06-01 08:00  dmsa/lab.example/svc-web',
  ]);
  const narrow = renderList([atGate], { color: false, width: 80 }).split('\n');
  expect(narrow[0]).toBe('ACCOUNT  OUTCOME  STAGE       NEEDS        STARTED (UTC)     ID');
  expect(narrow[1]).toBe('svc-web  running  gate-start  vote: start  2025-06-01 08:00  dmsa/lab.example/s…');
});

test('a list says what else a person is needed for', () => {
  const rows = (['overdue', 'host', 'operator', 'principal', 'none'] as const).map((needs) => ({
    ...atGate,
    needs,
    gate: needs === 'overdue' || needs === 'none' ? 'complete' : 'none',
  }));
  const lines = renderList(rows, { color: false, width: 200 }).split('\n').slice(1);
  expect(lines.slice(0, 4).map((line) => line.split(/ {2,}/)[3])).toEqual([
    'vote: complete (overdue)',
    'host',
    'operator',
    'principal',
  ]);
  expect(lines[4]).not.toContain('vote');
});
