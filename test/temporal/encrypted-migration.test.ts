import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Client, WorkflowFailedError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { playInLab } from '../../lab/demo/play-scenario.ts';
import { startLab } from '../../lab/lab.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import { people } from '../../lab/scenarios/scenario.ts';
import { Migrations } from '../../src/client/migrations.ts';
import type { EncryptionSettings } from '../../src/config/settings.ts';
import type { RecordedSignal } from '../../src/domain/migration/signals.ts';
import { payloadConverterPath } from '../../src/temporal/bundle.ts';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { dataConverterOf, workerDataConverterOf } from '../../src/temporal/data-converter.ts';
import { encryptedEncoding } from '../../src/temporal/encrypted-encoding.ts';
import { testServer, topologyFor } from '../lab/scenarios/support.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../support/temporal.ts';
import { placesOf, textsOf } from './texts-of.ts';

const { History } = proto.temporal.api.history.v1;
const newLine = (id: string) => `${id} ${randomBytes(32).toString('base64')}\n`;
const [lineA, lineB] = [newLine('a'), newLine('b')];

describe.skipIf(!(await temporalAvailable()).available)('with a key ring', () => {
  let folder: string;
  let temporal: TestTemporal;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-encrypted-'));
    temporal = await connectTestTemporal();
  });
  afterAll(async () => {
    for (const close of closing) await close();
    await temporal.close();
    await rm(folder, { recursive: true });
  });

  async function ring(...lines: string[]): Promise<EncryptionSettings> {
    const file = join(folder, unique('ring'));
    await writeFile(file, lines.join(''), { mode: 0o600 });
    return { keys: { file }, keyId: null };
  }

  async function clientOf(encryption?: EncryptionSettings): Promise<Client> {
    const target = { address: temporal.address, namespace: temporal.namespace, embedded: true };
    const dataConverter = await dataConverterOf(encryption);
    const { client, close } = await connectTemporal(target, {}, { dataConverter });
    closing.push(close);
    return client;
  }

  /** As Temporal stores it. */
  async function storedHistory(workflowId: string) {
    const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    return History.fromObject(history);
  }

  test.each([
    ['happy', 'completed'],
    ['canary-fails', 'undone'],
  ])('Temporal knows nothing of a migration (%s) but names and search attributes', async (name, outcome) => {
    const scenario = scenarios[name]!;
    const topology = topologyFor(name);
    scenario.topology?.(topology);
    const lab = await startLab({ topology, faults: scenario.faults?.() });
    lab.settings.encryption = await ring(lineA);
    lab.settings.worker.taskQueue = unique('encrypted');
    const { status } = await playInLab(lab, scenario, topology, { temporal: await testServer() }).finally(
      lab.close,
    );
    expect(status.outcome).toBe(outcome);

    const history = await storedHistory(status.migrationId);
    const host = topology.hosts[0]!.name;
    const { account, dmsa, planHash } = status;
    // Whoever tells people has the migration's name in its own; whether it has ended by now is not said.
    const ended = 'events.childWorkflowExecutionCompletedEventAttributes.workflowExecution.workflowId';
    expect(placesOf([account, dmsa], history).filter((place) => place !== ended)).toEqual(named);
    const others = [
      host,
      // Long enough not to come about by chance, among octets that look random.
      'CN=Managed Service Accounts',
      'DC=lab,DC=example',
      'FinanceApi',
      planHash,
      people.approver,
      people.requester,
      'look right',
    ];
    expect(placesOf(others, history)).toEqual([]);
    // The words are those that a history holds: without encryption they are in it.
    expect(JSON.stringify(status)).toContain(host);

    const payloads = textsOf(history).filter(({ path }) => path.endsWith('metadata.encoding'));
    const encodings = new Set(
      payloads.map(({ path, text }) => (/searchAttributes|header/.test(path) ? 'clear' : text)),
    );
    expect([...encodings].sort()).toEqual([encryptedEncoding, 'clear']);

    if (outcome === 'undone') {
      const failures = textsOf(history).filter(({ path }) =>
        /failure(\.cause)*\.(message|stackTrace)$/i.test(path),
      );
      expect(new Set(failures.map(({ text }) => text))).toEqual(new Set(['Encoded failure']));
      expect(status.failure).toMatchObject({ code: 'SERVICE_START_FAILED' });
    }

    const keyless = new Migrations(await clientOf(), { taskQueue: 'none' });
    await expect(keyless.result(status.migrationId)).rejects.toMatchObject({
      code: 'ENCRYPTION_KEY_UNKNOWN',
      subject: '"a"',
    });
    const rotated = await clientOf(await ring(lineB, lineA));
    const read = await new Migrations(rotated, { taskQueue: 'none' }).result(status.migrationId);
    expect(read).toMatchObject({ account, dmsa, outcome });
    const described = await rotated.workflow.getHandle(status.migrationId).describe();
    expect(await described.staticSummary()).toBe(`${account} → ${dmsa}$ on 3 hosts`);
  });

  test('a worker that lacks the key fails the task, which is tried again until one has it', async () => {
    const workflowId = unique('keyless');
    const taskQueue = workflowId;
    const withB = await ring(lineB);
    const client = await clientOf(withB);
    const handle = await client.workflow.start('migrateServiceAccount', {
      ...{ workflowId, taskQueue, args: [{ plan: 'planted words' }], workflowTaskTimeout: '1s' },
    });

    const keyless = await worker(taskQueue, await ring(lineA));
    await keyless.runUntil(async () => {
      await vi.waitFor(async () => {
        expect(kindsOf(await storedHistory(workflowId))).toContain('workflowTaskFailedEventAttributes');
      }, 30_000);
    });
    const both = await worker(taskQueue, await ring(lineA, lineB));
    const error = await both.runUntil(handle.result().catch((thrown) => thrown));
    // The answer is encrypted with the first key of the worker's ring, which this client lacks.
    expect(error).toMatchObject({ code: 'ENCRYPTION_KEY_UNKNOWN', subject: '"a"' });

    const history = await storedHistory(workflowId);
    const failed = history.events.find(
      ({ workflowExecutionFailedEventAttributes }) => workflowExecutionFailedEventAttributes,
    );
    const { failure } = failed!.workflowExecutionFailedEventAttributes!;
    expect(failure).toMatchObject({
      message: 'Encoded failure',
      stackTrace: '',
      applicationFailureInfo: { type: 'START_INVALID', nonRetryable: true },
    });
    expect(placesOf(['planted', 'holds no plan'], history)).toEqual([]);
    // Whoever has the keys, whichever of them was current, reads it.
    const read = await (await clientOf(await ring(lineB, lineA))).workflow
      .getHandle(workflowId)
      .result()
      .catch((thrown) => thrown);
    expect(read).toBeInstanceOf(WorkflowFailedError);
    expect(read.cause).toMatchObject({
      type: 'START_INVALID',
      message: expect.stringContaining('holds no plan'),
    });
  });

  test('what was started before encryption was switched on is read, and what follows is encrypted', async () => {
    const workflowId = unique('before');
    const handle = await temporal.client.workflow.start('migrateServiceAccount', {
      ...{ workflowId, taskQueue: workflowId, args: [{ plan: 'planted words' }] },
    });
    const encrypting = await worker(workflowId, await ring(lineA));
    const error = await encrypting.runUntil(handle.result().catch((thrown) => thrown));
    expect(error).toMatchObject({ code: 'ENCRYPTION_KEY_UNKNOWN', subject: '"a"' });
    const history = await storedHistory(workflowId);
    expect(placesOf(['planted'], history)).toEqual([
      'events.workflowExecutionStartedEventAttributes.input.payloads.data',
    ]);
    expect(placesOf(['holds no plan'], history)).toEqual([]);
  });

  test('a signal that its worker cannot read is malformed and does nothing, now and for a worker that could read it', async () => {
    const workflowId = unique('foreign');
    const [ours, theirs] = [await ring(lineA), await ring(lineB)];
    const client = await clientOf(ours);
    const stranger = await clientOf(theirs);
    const plan = { ...samplePlan(), requestedBy: 'LAB\\alice' };
    const handle = await client.workflow.start('migrateServiceAccount', {
      ...{ workflowId, taskQueue: workflowId, args: [{ plan }] },
    });
    const outcomes = () => handle.query<RecordedSignal[]>('outcomes');
    const seen = [
      { signal: 'undo', verdict: 'refused', code: 'SIGNAL_UNREADABLE' },
      { signal: 'pause', by: 'LAB\\carol', verdict: 'accepted' },
    ];
    // No activity is there: the migration stays where it checks its plan.
    await (await worker(workflowId, ours)).runUntil(async () => {
      await stranger.workflow.getHandle(workflowId).signal('undo', { by: 'LAB\\carol', reason: 'lost key' });
      // What comes before the first task is heard by the order of the handlers.
      await vi.waitFor(async () => expect(await outcomes()).toHaveLength(1), 30_000);
      await handle.signal('pause', { by: 'LAB\\carol', reason: 'clear' });
      await vi.waitFor(async () => expect(await outcomes()).toHaveLength(2), 30_000);
      expect(await outcomes()).toMatchObject(seen);
    });
    const both = await worker(workflowId, await ring(lineA, lineB));
    await both.runUntil(async () => {
      const [undo, pause] = await outcomes();
      // By now its sender can be read, and it does nothing all the same.
      expect([undo, pause]).toMatchObject([{ ...seen[0], by: 'LAB\\carol' }, seen[1]]);
      await handle.signal('resume', { by: 'LAB\\carol', reason: 'both keys' });
      await vi.waitFor(async () => expect(await outcomes()).toHaveLength(3), 30_000);
    });
    const history = await storedHistory(workflowId);
    expect(kindsOf(history)).not.toContain('workflowTaskFailedEventAttributes');
    expect(kindsOf(history)).not.toContain('activityTaskCancelRequestedEventAttributes');
    await handle.terminate();
  });

  async function worker(taskQueue: string, encryption: EncryptionSettings): Promise<Worker> {
    const dataConverter = await workerDataConverterOf(encryption);
    const { failureConverterPath } = dataConverter;
    const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
    const workflowBundle = await bundleWorkflowCode({
      ...{ workflowsPath, payloadConverterPath: payloadConverterPath(), failureConverterPath },
      logger: new DefaultLogger('WARN'),
    });
    const { nativeConnection: connection, namespace } = temporal;
    return await Worker.create({ connection, namespace, taskQueue, dataConverter, workflowBundle });
  }
});

/** Where a history may name the account and its dMSA. */
const named = [
  'events.childWorkflowExecutionStartedEventAttributes.workflowExecution.workflowId',
  'events.startChildWorkflowExecutionInitiatedEventAttributes.workflowId',
  'events.workflowExecutionStartedEventAttributes.searchAttributes.indexedFields.DmsaAccount.data',
  'events.workflowExecutionStartedEventAttributes.searchAttributes.indexedFields.DmsaAccountKey.data',
  'events.workflowExecutionStartedEventAttributes.workflowId',
];

function kindsOf(history: proto.temporal.api.history.v1.IHistory): string[] {
  return (history.events ?? []).flatMap((event) =>
    Object.keys(event).filter((name) => name.endsWith('Attributes')),
  );
}
