import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { isWorkerPolling } from '../../src/temporal/worker-polling.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../support/temporal.ts';

describe.skipIf(!(await temporalAvailable()).available)('the health check of a worker', () => {
  let temporal: TestTemporal;
  let workflowBundle: WorkflowBundle;
  beforeAll(async () => {
    temporal = await connectTestTemporal();
    const workflowsPath = fileURLToPath(new URL('./nothing-to-do.ts', import.meta.url));
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  });
  afterAll(() => temporal.close());

  it('fails where Temporal does not answer', async () => {
    await expect(isWorkerPolling('any', {}, { TEMPORAL_ADDRESS: '127.0.0.1:1' })).rejects.toMatchObject({
      code: 'TEMPORAL_UNAVAILABLE',
    });
  });

  it('sees no worker before there is one, nor one of another machine, and then its own', async () => {
    const { address, namespace, nativeConnection: connection } = temporal;
    const taskQueue = unique('health');
    const check = () => isWorkerPolling(taskQueue, { address, namespace, embedded: true });
    const create = (as: { identity?: string }) =>
      Worker.create({ connection, namespace, taskQueue, workflowBundle, ...as });
    expect(await check()).toBe(false);

    const stranger = await create({ identity: '1@another-machine' });
    await stranger.runUntil(async () => {
      const { client } = temporal;
      await client.workflow.execute('nothingToDo', { workflowId: unique('health'), taskQueue });
      expect(await check()).toBe(false);
    });
    const own = await create({});
    await own.runUntil(() => vi.waitFor(async () => expect(await check()).toBe(true), { timeout: 30_000 }));
  });
});
