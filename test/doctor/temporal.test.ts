import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { checkTemporal } from '../../src/doctor/temporal.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../support/temporal.ts';

const limits = { limitMs: 20_000, signal: new AbortController().signal };

it('Temporal that is away fails, and the rest is not checked', async () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const [server, worker, attributes] = await checkTemporal({ ...limits, limitMs: 500, taskQueue: 'x', env });
  expect(server).toMatchObject({ verdict: 'fail', seen: expect.stringContaining('127.0.0.1:1') });
  expect([worker!.verdict, attributes!.verdict]).toEqual(['not-checked', 'not-checked']);
});

describe.skipIf(!(await temporalAvailable()).available)('a Temporal that answers', () => {
  let temporal: TestTemporal;
  beforeAll(async () => {
    temporal = await connectTestTemporal();
    await registerSearchAttributes(temporal.connection, temporal.namespace);
  });
  afterAll(() => temporal.close());

  const check = async (taskQueue: string, env: NodeJS.ProcessEnv = {}) => {
    const { address, namespace } = temporal;
    const own = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, ...env };
    return await checkTemporal({ ...limits, taskQueue, env: own });
  };

  it('fails without the namespace, and says how to make it', async () => {
    const [server, worker] = await check('x', { TEMPORAL_NAMESPACE: 'nobodys' });
    expect(server).toMatchObject({
      verdict: 'fail',
      seen: `${temporal.address} has no namespace nobodys`,
      fix: expect.stringContaining('temporal operator namespace create nobodys'),
    });
    expect(worker).toMatchObject({ verdict: 'not-checked' });
  });

  it('fails without a worker, with the task queue that is not served', async () => {
    const taskQueue = unique('doctor');
    const [server, worker, attributes] = await check(taskQueue);
    expect(server).toMatchObject({ verdict: 'ok', seen: expect.stringMatching(/, version \d+\.\d+/) });
    expect(worker).toEqual({
      name: 'worker',
      verdict: 'fail',
      seen: `nobody takes work from the task queue ${taskQueue}`,
      fix: `Start dmsa worker with the same task queue: worker.task-queue is ${taskQueue}.`,
    });
    expect(attributes).toMatchObject({ verdict: 'ok' });
  });

  it('names the worker that takes work', async () => {
    const taskQueue = unique('doctor');
    const workflowsPath = fileURLToPath(new URL('../temporal/nothing-to-do.ts', import.meta.url));
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
    const worker = await Worker.create({
      connection: temporal.nativeConnection,
      namespace: temporal.namespace,
      taskQueue,
      workflowBundle,
      activities: { nothing: async () => undefined },
      identity: '7@worker-machine',
    });
    await worker.runUntil(() =>
      vi.waitFor(
        async () => {
          const [, found] = await check(taskQueue);
          expect(found).toMatchObject({
            verdict: 'ok',
            seen: `7@worker-machine on the task queue ${taskQueue}`,
          });
        },
        { timeout: 30_000 },
      ),
    );
  });
});
