import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureTemporal } from '../../../lab/temporal/server.ts';
import { connectTemporal } from '../../../src/temporal/connection.ts';
import { registerSearchAttributes } from '../../../src/temporal/search-attributes.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../../support/temporal.ts';
import { startTimeSkipping, timeSkippingAvailable } from '../../support/time-skipping.ts';

const names = ['DmsaAccount', 'DmsaAccountKey', 'DmsaGate', 'DmsaNeeds', 'DmsaOutcome', 'DmsaStage'];

describe.skipIf(!(await temporalAvailable()).available)('a Temporal server', () => {
  let temporal: TestTemporal;
  let folder: string;
  beforeAll(async () => {
    temporal = await connectTestTemporal();
    folder = await mkdtemp(join(tmpdir(), 'dmsa-test-'));
  });
  afterAll(async () => {
    await temporal.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function profileFile(toml: string): Promise<string> {
    const path = join(folder, `${unique('profile')}.toml`);
    await writeFile(path, toml);
    return path;
  }

  it('that TEMPORAL_ADDRESS names and that does not answer is an error, not a reason to start another', async () => {
    await expect(ensureTemporal({ env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } })).rejects.toMatchObject({
      code: 'TEMPORAL_UNAVAILABLE',
      subject: '127.0.0.1:1',
      message: expect.stringMatching(/^No Temporal server answers at 127\.0\.0\.1:1: /),
    });
  });

  it('is not looked for with a profile file that cannot be read', async () => {
    const env = { TEMPORAL_CONFIG_FILE: await profileFile('[profile.default\n') };
    await expect(ensureTemporal({ env })).rejects.toMatchObject({
      code: 'TEMPORAL_PROFILE_INVALID',
      subject: 'Temporal profile',
      message: expect.stringMatching(/^Temporal's profile is not acceptable: [^\n]+$/),
    });
  });

  it('that TEMPORAL_ADDRESS names is used, and is still there afterwards', async () => {
    const server = await ensureTemporal({ env: { TEMPORAL_ADDRESS: temporal.address } });
    expect(server).toMatchObject({
      address: temporal.address,
      namespace: 'default',
      uiUrl: null,
      embedded: false,
    });
    await server.close();
    await (await connectTemporal(server, {})).close();
  });

  it('that a profile names is used, with its namespace', async () => {
    const toml = `[profile.default]\naddress = "${temporal.address}"\nnamespace = "from-profile"\n`;
    const env = { TEMPORAL_CONFIG_FILE: await profileFile(toml) };
    const server = await ensureTemporal({ env });
    expect(server).toMatchObject({ address: temporal.address, namespace: 'from-profile', embedded: false });
    const { namespace, close } = await connectTemporal({ namespace: 'given' }, env);
    await close();
    expect(namespace).toBe('given');
  });

  it('of our own is spoken to plainly, whatever the environment says of keys and TLS', async () => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_API_KEY: 'secret', TEMPORAL_TLS: 'true' };
    const target = { address: temporal.address, namespace: temporal.namespace, embedded: true };
    const { client, close } = await connectTemporal(target, env);
    await client.workflowService.getSystemInfo({});
    await close();
  });

  it('of our own has every search attribute from the start', async () => {
    const { namespace, connection } = temporal;
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(names));
    expect(await registerSearchAttributes(connection, namespace)).toEqual([]);
  });

  it('of our own keeps its histories in a file, where one is named, and leaves nothing else', async () => {
    const historyFile = join(folder, 'histories.db');
    const env = { ...process.env, TEMPORAL_ADDRESS: '', TEMPORAL_CONFIG_FILE: await profileFile('') };
    const steps: string[] = [];
    const first = await ensureTemporal({ env, historyFile, onProgress: ({ step }) => steps.push(step) });
    const workflowId = unique('kept');
    expect((await fetch(first.uiUrl!)).status).toBe(200);
    await start(first, workflowId);
    await first.close();
    expect([steps.at(-2), steps.at(-1)]).toEqual(['start', 'ready']);
    await expect(connectTemporal(first)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });

    const second = await ensureTemporal({ env, historyFile });
    const { client, close } = await connectTemporal(second);
    expect((await client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
    await close();
    await second.close();
    expect((await readdir(folder)).filter((name) => name.startsWith('histories'))).toEqual(['histories.db']);
  });

  async function start(target: { address: string; namespace: string }, workflowId: string): Promise<void> {
    const { client, close } = await connectTemporal({ ...target, embedded: true });
    await client.workflow.start('nobodyRunsThis', { workflowId, taskQueue: workflowId });
    await close();
  }

  it('gets the search attributes that a namespace lacks, once', async () => {
    const namespace = unique('namespace');
    const { connection } = temporal;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    // A new namespace is known to the whole server only after a while.
    const register = () => registerSearchAttributes(connection, namespace);
    const added = await vi.waitFor(register, { timeout: 50_000, interval: 250 });
    expect(added?.sort()).toEqual(names);
    expect(await register()).toEqual([]);
  });
});

describe.skipIf(!(await timeSkippingAvailable()).available)('the time-skipping server', () => {
  it('lets 28 days pass', async () => {
    const environment = await startTimeSkipping();
    try {
      const before = await environment.currentTimeMs();
      await environment.sleep('28 days');
      expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(28 * 86_400_000);
    } finally {
      await environment.teardown();
    }
  });
});
