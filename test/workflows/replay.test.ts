import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import proto from '@temporalio/proto';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';

import { createLog, temporalLogger } from '../../src/telemetry/log.ts';
import { workflowInterceptors } from '../../src/temporal/bundle.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';

const folder = new URL('../histories/', import.meta.url);
const recorded = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
quietRuntime();

/** A migration runs for weeks, so this version carries on what an earlier one began. */
describe('the workflow replays every recorded history', () => {
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  const workflowInterceptorModules = workflowInterceptors('ts');
  let workflowBundle: { code: string };
  beforeAll(async () => {
    const logger = temporalLogger(createLog('silent'));
    workflowBundle = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger });
  });

  test('there are histories of a completed and of an undone migration', () => {
    expect(recorded).toEqual(expect.arrayContaining(['0.1.0-happy.json', '0.1.0-undo-after-complete.json']));
  });

  test.each(recorded)('%s', async (name) => {
    const history = await load(name);
    await Worker.runReplayHistory({ workflowBundle }, history, 'dmsa/lab.example/svc-finance');
  });

  test('a history that this workflow would not have made is refused', async () => {
    const history = await load('0.1.0-happy.json');
    const scheduled = history.events.filter((event) => event.activityTaskScheduledEventAttributes);
    scheduled[1]!.activityTaskScheduledEventAttributes!.activityType!.name = 'verifyRestored';
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow(/[Nn]ondeterminism/);
  });
});

async function load(name: string) {
  const { History } = proto.temporal.api.history.v1;
  return History.fromObject(JSON.parse(await readFile(new URL(name, folder), 'utf8')));
}
