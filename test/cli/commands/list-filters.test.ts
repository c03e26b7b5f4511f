import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { run } from '../../../src/bin/run.ts';
import type { ListedMigration } from '../../../src/client/migrations.ts';
import type { Needs } from '../../../src/domain/migration/needs.ts';
import { registerSearchAttributes } from '../../../src/temporal/search-attributes.ts';
import { workflowType } from '../../../workflows/contract.ts';
import { searchAttributes } from '../../../workflows/search-attributes.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../../support/temporal.ts';
import { fakeIo } from '../fake-io.ts';

interface Story {
  stage: string;
  gate?: string;
  needs?: Needs;
  outcome?: string;
  /** Its workflow was terminated. */
  terminated?: true;
  /** It has a later run, as one that was adopted. */
  adopted?: true;
}

/** What migrations say of themselves, by their search attributes (workflows/state.ts). */
const stories: Record<string, Story> = {
  runs: { stage: 'observe', needs: 'none' },
  older: { stage: 'gate-start', gate: 'start' },
  voted: { stage: 'gate-start', gate: 'start', needs: 'approval' },
  overdue: { stage: 'gate-complete', gate: 'complete', needs: 'overdue' },
  parked: { stage: 'undo', needs: 'operator', outcome: 'needs-operator' },
  host: { stage: 'restart-services', needs: 'host' },
  stranger: { stage: 'verify-principals', needs: 'principal' },
  killed: { stage: 'gate-start', gate: 'start', needs: 'approval', terminated: true },
  again: { stage: 'observe', needs: 'none', terminated: true, adopted: true },
  abandoned: { stage: 'undo', needs: 'operator', outcome: 'needs-operator', terminated: true },
};

const { available, reason } = await temporalAvailable();

/** No worker takes the workflows: a list is what Temporal itself knows. */
describe.skipIf(!available)(`dmsa list${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let temporal: TestTemporal;
  let folder: string;
  const prefix = unique('svc-list');
  const idOf = (name: string) => `dmsa/lab.example/${prefix}-${name}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-list-'));
    temporal = await connectTestTemporal();
    await registerSearchAttributes(temporal.connection, temporal.namespace);
    for (const [name, story] of Object.entries(stories)) {
      const { stage, gate = 'none', needs, outcome = 'running', terminated, adopted } = story;
      const options = {
        workflowId: idOf(name),
        taskQueue: prefix,
        typedSearchAttributes: [
          { key: searchAttributes.account, value: `${prefix}-${name}` },
          { key: searchAttributes.stage, value: stage },
          { key: searchAttributes.gate, value: gate },
          ...(needs ? [{ key: searchAttributes.needs, value: needs }] : []),
          { key: searchAttributes.outcome, value: outcome },
        ],
      };
      const handle = await temporal.client.workflow.start(workflowType, options);
      if (terminated) await handle.terminate();
      if (adopted) await temporal.client.workflow.start(workflowType, options);
    }
    // Lists are late: until the last is known, what a filter leaves out may only be unknown yet.
    const ended = Object.values(stories).filter(({ terminated }) => terminated);
    const all = async () => {
      const known = await listed('--all');
      const over = known.filter(({ endedAt }) => endedAt !== null);
      return known.length === Object.keys(stories).length + 1 && over.length === ended.length;
    };
    await vi.waitUntil(all, { timeout: 60_000 });
  });
  afterAll(async () => {
    for (const [name, { terminated, adopted }] of Object.entries(stories))
      if (!terminated || adopted) await temporal.client.workflow.getHandle(idOf(name)).terminate();
    await temporal.close();
    await rm(folder, { recursive: true });
  });

  async function dmsa(...args: string[]) {
    const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') };
    const io = fakeIo({ folder, env });
    const exitCode = await run(['list', ...args], io);
    return { exitCode, out: io.stdout(), err: io.stderr() };
  }

  /** Of the migrations of this test: others share the server. */
  async function listed(...args: string[]): Promise<ListedMigration[]> {
    const { exitCode, out, err } = await dmsa(...args, '-o', 'json');
    expect([exitCode, err]).toEqual([0, '']);
    const { migrations } = JSON.parse(out) as { migrations: ListedMigration[] };
    return migrations.filter(({ account }) => account.startsWith(prefix));
  }
  const names = async (...args: string[]) =>
    (await listed(...args)).map(({ account }) => account.slice(prefix.length + 1)).sort();

  test('takes one filter at a time', async () => {
    for (const [one, other] of [
      ['--waiting', '--overdue'],
      ['--waiting', '--failed'],
      ['--overdue', '--failed'],
    ] as const) {
      const { exitCode, out, err } = await dmsa(one, other);
      expect([exitCode, out]).toEqual([2, '']);
      expect(err).toMatch(/^USAGE: option '--\w+' cannot be used with option '--\w+' \(fix: /);
    }
  });

  test('lists what waits for votes, overdue or not, and nothing else', async () => {
    expect(await names('--waiting')).toEqual(['overdue', 'voted']);
  });

  test('lists what is overdue, and nothing else', async () => {
    expect(await names('--overdue')).toEqual(['overdue']);
  });

  test('lists what could not be undone, what waits because of a host, and what was ended by hand and can be adopted', async () => {
    expect(await names('--failed')).toEqual(['abandoned', 'host', 'killed', 'parked']);
  });

  test('lists all that run where nothing is filtered, and with --all what has ended besides', async () => {
    const running = ['again', 'host', 'older', 'overdue', 'parked', 'runs', 'stranger', 'voted'];
    expect(await names()).toEqual(running);
    expect(await names('--all')).toEqual([...running, 'abandoned', 'again', 'killed'].sort());
  });

  test('with --all a filter still lists only what a person can do something about', async () => {
    expect(await names('--waiting', '--all')).toEqual(['overdue', 'voted']);
    expect(await names('--overdue', '--all')).toEqual(['overdue']);
    expect(await names('--failed', '--all')).toEqual(['abandoned', 'host', 'killed', 'parked']);
  });

  test('says of one that was ended by hand how it ended, and of no gate that would take a vote', async () => {
    const killed = (await listed('--all')).find(({ migrationId }) => migrationId === idOf('killed'));
    expect(killed).toEqual({
      migrationId: idOf('killed'),
      account: `${prefix}-killed`,
      stage: 'gate-start',
      gate: 'none',
      needs: 'none',
      outcome: 'terminated',
      startedAt: expect.any(String),
      endedAt: expect.any(String),
    });
    const row = async (name: string) =>
      (await dmsa('--all')).out.split('\n').find((line) => line.endsWith(idOf(name)));
    expect(await row('killed')).toMatch(/-killed +terminated +\d{4}-\d\d-\d\d /);
    expect(await row('voted')).toMatch(/-voted +running +gate-start +vote: start +\d{4}-/);
  });
});
