import { expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { renderBoard, type Watched } from '../../../src/cli/view/board.ts';
import type { ListedMigration, Migrations } from '../../../src/client/migrations.ts';
import { waiting } from '../../domain/migration/sample-status.ts';
import { fakeIo } from '../fake-io.ts';

const now = new Date('2025-06-02T08:00:00.000Z');
const listed = (account: string, changes: Partial<ListedMigration> = {}): ListedMigration => ({
  migrationId: `dmsa/lab.example/${account}`,
  account,
  stage: 'observe',
  gate: 'none',
  needs: 'none',
  outcome: 'running',
  startedAt: '2025-06-01T08:00:00.000Z',
  endedAt: null,
  ...changes,
});
const since = '2025-06-01T08:00:00.000Z';
const status = { ...waiting, progress: {}, ended: false };
const board: Watched[] = [
  {
    listed: listed('svc-calm'),
    status: {
      ...status,
      stage: 'observe',
      waitingFor: { kind: 'observation', since, until: '2025-06-05T08:00:00.000Z' },
    },
  },
  { listed: listed('svc-mute'), status: null },
  {
    listed: listed('svc-asks', { stage: 'gate-complete', gate: 'complete', needs: 'approval' }),
    status: {
      ...status,
      stage: 'gate-complete',
      waitingFor: {
        ...{ kind: 'votes', gate: 'complete', required: 1 },
        ...{ since, until: '2025-06-02T07:00:00.000Z' },
      },
    },
  },
  {
    listed: listed('svc-broken', { needs: 'operator' }),
    status: {
      ...status,
      stage: 'undo',
      outcome: 'needs-operator',
      waitingFor: {
        ...{ kind: 'operator', step: 'link', since, until: null },
        failure: { code: 'LINK_UNPROVEN\u001b[31m', message: '' },
      },
    },
  },
];

test('the board has those first that people are needed for, how far each is, and until when it waits', () => {
  const lines = renderBoard(board, { color: false, width: 120, height: 24, now }).split('\n');
  expect(lines[0]).toBe('4 migrations, 2 waiting for people');
  expect(lines.slice(2).map((line) => line.split(/\s+/)[0])).toEqual([
    'svc-broken',
    'svc-asks',
    'svc-calm',
    'svc-mute',
  ]);
  expect(lines[2]).toContain('needs-operator');
  expect(lines[2]).toContain('an operator, to undo link: LINK_UNPROVEN\\u{1b}[31m');
  expect(lines[3]).toContain('1 vote at gate "complete", 1h 00m overdue');
  expect(lines[4]).toContain('the observation to end, 3d 00h left');
  expect(lines[5]).toContain('no worker answers');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
});

test('a small terminal counts what it cannot show, and an empty board says what to do', () => {
  const small = renderBoard(board, { color: false, width: 60, height: 5, now }).split('\n');
  expect(small).toHaveLength(5);
  expect(small.at(-1)).toBe('and 2 more');
  expect(renderBoard([], { color: false, width: 80, height: 24, now })).toBe(
    '0 migrations, 0 waiting for people\n\nNone runs. Start one with dmsa start.',
  );
});

test('in a pipe each change is a line, told once, until Ctrl-C', async () => {
  const end = new AbortController();
  let looks = 0;
  const migrations = {
    list: async () => {
      looks++;
      return [board[0]!.listed, board[1]!.listed];
    },
    status: async (id: string) => {
      if (id.endsWith('mute') || looks > 1) end.abort();
      return { ...board[0]!.status!, migrationId: id, account: id.split('/').at(-1)! };
    },
  } as unknown as Migrations;
  const assembly = {
    connect: async () => ({ migrations, close: async () => undefined }),
  } as unknown as Assembly;
  const io = { ...fakeIo(), signal: end.signal };
  expect(await run(['watch'], io, assembly)).toBe(130);
  const lines = io.stdout().trimEnd().split('\n');
  expect(lines.map((line) => line.slice(9))).toEqual([
    'svc-calm: Observation, waiting for the observation to end',
    'svc-mute: Observation, waiting for the observation to end',
  ]);
});
