import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import proto from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkTemporal } from '../../src/doctor/temporal.ts';
import { errorKinds } from '../../src/domain/errors/errors.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../support/temporal.ts';
import { temporalFront } from '../support/temporal-front.ts';

const days = (count: number) => ({ seconds: (count * 86_400) as never });
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
      seen: expect.stringMatching(/^NAMESPACE_NOT_FOUND: .*nobodys/),
      fix: expect.stringContaining('temporal operator namespace create'),
    });
    expect(worker).toMatchObject({ verdict: 'not-checked' });
  });

  it('names the codes that other commands say, for TLS against a plain server and for attributes', async () => {
    const [server, worker] = await check('x', { TEMPORAL_TLS: 'true' });
    expect(server).toMatchObject({
      verdict: 'fail',
      seen: expect.stringMatching(/^TEMPORAL_TLS_MISMATCH: /),
      fix: errorKinds.TEMPORAL_TLS_MISMATCH.fix,
    });
    expect(worker).toMatchObject({ verdict: 'not-checked', seen: 'there is no connection to Temporal' });
  });

  it('tells search attributes that nobody lets it read, that lack, have another type, or have no room', async () => {
    const { operatorService, workflowService } = temporal.connection;
    const attributes = async (types: Record<string, number>, address = temporal.address) => {
      const namespace = randomUUID();
      await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: days(1) });
      if (Object.keys(types).length > 0) {
        const add = () => operatorService.addSearchAttributes({ namespace, searchAttributes: types });
        await expect.poll(() => add().then(Boolean, () => false)).toBe(true);
      }
      const [, , found] = await check('x', { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
      return `${found!.verdict} ${found!.seen}`;
    };
    const closed = await temporalFront({
      behind: temporal.address,
      refuse: ({ service }) =>
        service.includes('OperatorService') ? { code: 7, details: 'Request unauthorized.' } : null,
    });
    const { INDEXED_VALUE_TYPE_INT: int, INDEXED_VALUE_TYPE_KEYWORD: keyword } =
      proto.temporal.api.enums.v1.IndexedValueType;
    const taken = Object.fromEntries([...Array(6).keys()].map((each) => [`Taken${each}`, keyword]));
    expect(await attributes({ Other: int })).toMatch(/^warn DmsaAccount, .* not registered$/);
    expect(await attributes({ DmsaGate: int })).toMatch(
      /^fail SEARCH_ATTRIBUTES_MISTYPED: .*DmsaGate is of type INT/,
    );
    expect(await attributes(taken)).toMatch(/^warn SEARCH_ATTRIBUTES_FULL: .*of which 6 are taken$/);
    expect(await attributes({ Other: int }, closed)).toMatch(
      /^fail SEARCH_ATTRIBUTES_MISSING: .*DmsaAccount, /,
    );
    expect(await attributes({}, closed)).toMatch(/^unknown OPERATOR_SERVICE_REFUSED: .*Request unauthorized/);
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
