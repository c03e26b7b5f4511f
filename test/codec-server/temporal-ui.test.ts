import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../lab/processes/ports.ts';
import { type DevServer, startDevServer } from '../../lab/temporal/dev-server.ts';
import { findExecutable } from '../../lab/temporal/executable.ts';
import { runCodecServer } from '../../src/codec-server/run.ts';
import type { EncryptionSettings } from '../../src/config/settings.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { dataConverterOf } from '../../src/temporal/data-converter.ts';
import { temporalAvailable, unique } from '../support/temporal.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const account = 'svc-planted';
/** Of `binary/dmsa-aes-256-gcm`: so does the UI show a payload that it cannot read. */
const encodingInBase64 = 'YmluYXJ5L2Rtc2EtYWVzLTI1Ni1nY20=';
const summary = 'planted → dmsa-planted$ on 3 hosts';

/** A server whose UI knows a codec server, with a workflow whose input is encrypted; nobody runs it. */
describe.skipIf(!(await temporalAvailable()).available || !existsSync(executablePath))(
  'Temporal’s own UI',
  () => {
    const workflowId = unique('shown');
    let folder: string;
    let encryption: EncryptionSettings;
    let executable: string;
    let temporal: DevServer;
    let codecPort: number;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dmsa-codec-'));
      const file = join(folder, 'ring');
      await writeFile(file, `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
      encryption = { keys: { file }, keyId: null };
      [codecPort] = (await freePorts(1)) as [number];
      executable = await findExecutable({ env: process.env, onProgress: () => undefined });
      const uiCodecEndpoint = `http://127.0.0.1:${codecPort}`;
      temporal = await startDevServer({ executable, namespace: 'default', uiCodecEndpoint });
      await startWorkflow();
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await browser?.close();
      await temporal?.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function startWorkflow(): Promise<void> {
      const target = { address: temporal.address, namespace: 'default', embedded: true };
      const dataConverter = await dataConverterOf(encryption);
      const { client, close } = await connectTemporal(target, {}, { dataConverter });
      await client.workflow.start('nobodyRunsThis', {
        ...{ workflowId, taskQueue: workflowId, args: [{ account }], staticSummary: summary },
      });
      await close();
    }

    async function withCodecServer<T>(origins: string[], work: () => Promise<T>): Promise<T> {
      const end = new AbortController();
      const ready = Promise.withResolvers<void>();
      const running = runCodecServer({
        settings: { worker: { taskQueue: 'none' }, records: { folder }, encryption },
        log: createLog('silent'),
        ...{ host: '127.0.0.1', port: codecPort, origins, encode: false },
        ...{
          certificateFile: null,
          privateKeyFile: null,
          signal: end.signal,
          onReady: () => ready.resolve(),
        },
      });
      await Promise.race([ready.promise, running]);
      try {
        return await work();
      } finally {
        end.abort();
        await running;
      }
    }

    async function withHistory<T>(look: (page: Page) => Promise<T>): Promise<T> {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await page.goto(`${temporal.uiUrl}/namespaces/default/workflows/${workflowId}`);
        return await look(page);
      } finally {
        await context.close();
      }
    }

    test('shows cipher text where no codec server answers', async () => {
      await withHistory(async (page) => {
        await page.getByText(encodingInBase64).first().waitFor();
        expect(await page.content()).not.toContain(account);
        expect(await page.content()).not.toContain(summary);
      });
    });

    test('shows cipher text where the codec server does not know its origin', async () => {
      await withCodecServer(['https://elsewhere.example'], () =>
        withHistory(async (page) => {
          await page.getByText(encodingInBase64).first().waitFor();
          expect(await page.content()).not.toContain(account);
        }),
      );
    });

    test('shows clear text with the codec server, and asks for it as it is documented', async () => {
      await withCodecServer([temporal.uiUrl], () =>
        withHistory(async (page) => {
          const asked = page.waitForRequest(
            (request) => request.url().endsWith('/decode') && request.method() === 'POST',
          );
          await page.getByText(account).first().waitFor();
          await page.getByText(summary).first().waitFor();
          const request = await asked;
          expect(await request.allHeaders()).toMatchObject({
            'content-type': 'application/json',
            'x-namespace': 'default',
            origin: temporal.uiUrl,
          });
          expect(request.postDataJSON()).toEqual({
            payloads: [
              {
                metadata: { encoding: encodingInBase64, 'encryption-key-id': 'azE=' },
                data: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
              },
            ],
          });
        }),
      );
    });

    test('and the command line show clear text with it, and none without', async () => {
      const show = async (...args: string[]) => {
        const common = [
          'workflow',
          'show',
          '--workflow-id',
          workflowId,
          '--address',
          temporal.address,
          '-o',
          'json',
        ];
        const env = { ...process.env, TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') };
        return (await promisify(execFile)(executable, [...common, ...args], { env })).stdout;
      };
      // It shows octets in base64.
      const clear = Buffer.from(JSON.stringify({ account })).toString('base64');
      expect(await show()).not.toContain(clear);
      const endpoint = `http://127.0.0.1:${codecPort}`;
      await withCodecServer([], async () => {
        expect(await show('--codec-endpoint', endpoint)).toContain(clear);
      });
    });
  },
);
