import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { PlayOptions } from '../../lab/demo/play-scenario.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { tracingOf } from '../../src/telemetry/traces-to.ts';
import { installRuntime } from '../../src/worker/runtime.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable } from '../support/temporal.ts';
import { played } from './played.ts';

const { available, reason } = await temporalAvailable();

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Attribute[];
}

interface Sent {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[];
}

type Attribute = { key: string; value: { stringValue?: string } };

describe.skipIf(!available)(`traces${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const logged: Record<string, unknown>[] = [];
  let temporal: TestTemporal;
  let collector: Receiver;
  beforeAll(async () => {
    const log = createLog('info', { write: (line) => void logged.push(JSON.parse(line)) });
    installRuntime(log, { traced: true });
    temporal = await connectTestTemporal();
    collector = await startReceiver();
  });
  afterAll(async () => {
    await collector?.close();
    await temporal?.close();
  });

  const play =
    (env: NodeJS.ProcessEnv, options: Partial<PlayOptions> = {}) =>
    async () => {
      const tracing = await tracingOf(env);
      const server = { ...temporal, uiUrl: null, embedded: true };
      const { status } = await played('rejected', server, undefined, { tracing, ...options });
      await tracing?.shutdown();
      return status;
    };

  function spansSent(): Span[] {
    const sent = collector.received.map(({ body }) => JSON.parse(body) as Sent);
    return sent.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
  }

  test('without the variable nothing is sent, and the migration ends the same', async () => {
    const { outcome } = await play({})();
    expect(outcome).toBe('undone');
    expect(collector.received).toEqual([]);
  });

  test('a collector that is down changes nothing and keeps nobody waiting', async () => {
    const down = await startReceiver();
    await down.close();
    const { outcome } = await play({ OTEL_EXPORTER_OTLP_ENDPOINT: down.url })();
    expect(outcome).toBe('undone');
  });

  test('a migration is one trace: its start, its run, its activities, and its signals are known', async () => {
    const { outcome, migrationId, ...status } = await play({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'dmsa-test',
    })();
    expect(outcome).toBe('undone');
    const gates = status.gates.length;
    expect(new Set(collector.received.map(({ path }) => path))).toEqual(new Set(['/v1/traces']));
    const sent = collector.received.map(({ body }) => JSON.parse(body) as Sent);
    const resources = sent.flatMap(({ resourceSpans }) => resourceSpans);
    for (const { resource } of resources)
      expect(resource.attributes).toContainEqual({
        key: 'service.name',
        value: { stringValue: 'dmsa-test' },
      });
    const spans = resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));

    const start = spans.find(({ name }) => name === 'StartWorkflow:migrateServiceAccount')!;
    const ofTrace = spans.filter(({ traceId }) => traceId === start.traceId);
    const named = (name: string) => ofTrace.filter((span) => span.name === name);
    expect(named('RunWorkflow:migrateServiceAccount')).toMatchObject([{ parentSpanId: start.spanId }]);
    const scheduled = named('StartActivity:preflight');
    expect(scheduled.length).toBeGreaterThan(0);
    expect(
      named('RunActivity:preflight')
        .map(({ parentSpanId }) => parentSpanId)
        .sort(),
    ).toEqual(scheduled.map(({ spanId }) => spanId).sort());
    expect(named('RunActivity:verifyVotes').length).toBe(gates);
    expect(named('RunWorkflow:notifyPeople').length).toBeGreaterThan(0);
    const ids = logged.filter(({ migration, msg }) => migration === migrationId && msg === 'activity began');
    expect(new Set(ids.map(({ trace_id }) => trace_id))).toEqual(new Set([start.traceId]));
  });

  test('a vote that the command line sends, from a process of its own, is in the trace of its migration', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    let voting: ReturnType<typeof approve> | undefined;
    const status = await play(env, {
      request: { required: 2 },
      onStatus: ({ migrationId, gates: [gate] }) => {
        if (gate?.hash) voting ??= approve(migrationId, gate.hash, env);
      },
    })();
    expect(status).toMatchObject({ outcome: 'undone', gates: [{ decision: 'approved' }, {}] });
    expect((await voting)!.stdout).toContain(`Approved gate "start" of ${status.migrationId} as LAB\\carol`);

    const spans = spansSent();
    const ours = (name: string) =>
      spans.filter((span) => span.name === name && isOf(span, status.migrationId));
    const [start] = ours('StartWorkflow:migrateServiceAccount');
    const approvals = ours('SignalWorkflow:approve');
    expect(approvals.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
      [start!.traceId, start!.spanId],
      [start!.traceId, start!.spanId],
    ]);
    expect(ours('SignalWorkflow:reject')).toMatchObject([{ traceId: start!.traceId }]);
    const heard = spans.filter(
      ({ name, traceId }) => name === 'HandleSignal:approve' && traceId === start!.traceId,
    );
    expect(heard.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(
      approvals.map(({ spanId }) => spanId).sort(),
    );
  });

  function approve(id: string, hash: string, env: NodeJS.ProcessEnv) {
    const program = fileURLToPath(new URL('../../src/bin/main.ts', import.meta.url));
    const args = ['approve', id, '--gate', 'start', '--hash', hash, '--by', 'LAB\\carol'];
    return promisify(execFile)(process.execPath, [program, ...args], {
      env: {
        PATH: process.env.PATH,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        ...env,
      },
    });
  }
});

function isOf({ attributes }: Span, workflowId: string): boolean {
  return attributes.some(
    ({ key, value }) => key === 'temporalWorkflowId' && value.stringValue === workflowId,
  );
}
