import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { ActivityDeps } from '../../activities/deps.ts';
import { createActivities } from '../../activities/index.ts';
import { systemClock } from '../../src/async/clock.ts';
import type { Webhook } from '../../src/config/settings.ts';
import { noticeOf } from '../../src/domain/migration/notice.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { webhookNotifier } from '../../src/notify/notifier.ts';
import { samplePlan } from '../plan/sample-plan.ts';
import { type Answer, startReceiver } from '../support/receiver.ts';
import { failureOf, silent } from './in-lab.ts';

const status = { account: 'svc-web', dmsa: 'dmsa-web', gates: [], stage: 'done', outcome: 'completed' };
const notice = noticeOf('done', {
  plan: samplePlan(),
  status: { ...status, migrationId: 'dmsa/lab.example/svc-web', failure: null } as unknown as MigrationStatus,
  at: '2025-06-01T08:00:00.000Z',
});
const scheduled = Date.parse('2025-06-01T08:00:00.000Z');

/** Nothing but a way to these webhooks. */
function depsWith(webhooks: Record<string, Webhook>): ActivityDeps {
  return { notifier: webhookNotifier(webhooks), clock: systemClock } as ActivityDeps;
}

async function world(changes: Partial<Webhook> = {}, answer?: (count: number) => Answer) {
  const folder = mkdtempSync(join(tmpdir(), 'dmsa-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const receiver = await startReceiver(answer);
  onTestFinished(() => receiver.close());
  await writeFile(join(folder, 'url'), `${receiver.url}/planted-path\n`);
  await writeFile(join(folder, 'secret'), 'planted-secret\n');
  const url = { file: join(folder, 'url') };
  const hook: Webhook = {
    kind: 'json',
    url,
    secret: { file: join(folder, 'secret') },
    events: null,
    ...changes,
  };
  const { notify, webhooksFor } = createActivities(depsWith({ hook }));
  const run = (webhook = 'hook') => {
    const info = { attempt: 1, currentAttemptScheduledTimestampMs: scheduled };
    return new MockActivityEnvironment(info, { logger: silent }).run(notify as never, {
      webhook,
      notice,
      key: 'the-key',
    });
  };
  return { run, webhooksFor, received: receiver.received, folder };
}

test.each([
  [500, 'NOTIFY_FAILED', false],
  [410, 'NOTIFY_REFUSED', true],
  [302, 'NOTIFY_REFUSED', true],
])('an answer of %i is %s', async (status, type, nonRetryable) => {
  const { run } = await world({}, () => ({ status, headers: { location: '/elsewhere' } }));
  const failure = await failureOf(run() as Promise<unknown>);
  expect(failure).toMatchObject({ type, nonRetryable });
  expect(failure.message).toMatch(new RegExp(`^hook: it answered ${status}`));
  expect(JSON.stringify(failure) + failure.stack).not.toMatch(/planted/);
});

test('Retry-After becomes the delay of the next attempt', async () => {
  const { run } = await world({}, () => ({ status: 429, headers: { 'retry-after': '90' } }));
  expect(await failureOf(run() as Promise<unknown>)).toMatchObject({
    type: 'NOTIFY_FAILED',
    nonRetryable: false,
    nextRetryDelay: 90_000,
  });
});

test.each(['url', 'secret'])(
  'a %s that is not there yet is tried again, and its place is named',
  async (key) => {
    const { run, received } = await world({ [key]: { env: 'DMSA_TEST_NO_SUCH_VARIABLE' } });
    expect(await failureOf(run() as Promise<unknown>)).toMatchObject({
      type: 'NOTIFY_FAILED',
      nonRetryable: false,
      message:
        'hook: the secret in environment variable DMSA_TEST_NO_SUCH_VARIABLE cannot be read (it is not set)',
    });
    expect(received).toEqual([]);
  },
);

test.each(['', '\n', ' \r\n'])(
  'a secret that is empty (%j) is given up: nothing is sent unsigned',
  async (text) => {
    const { run, received, folder } = await world();
    await writeFile(join(folder, 'secret'), text);
    expect(await failureOf(run() as Promise<unknown>)).toMatchObject({
      type: 'SECRET_UNUSABLE',
      nonRetryable: true,
      message: 'hook: its secret is empty, and nothing is sent unsigned',
    });
    expect(received).toEqual([]);
  },
);

test('a variable that is set to nothing is no secret either', async () => {
  const { run, received } = await world({ secret: { env: 'DMSA_TEST_EMPTY_SECRET' } });
  vi.stubEnv('DMSA_TEST_EMPTY_SECRET', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await failureOf(run() as Promise<unknown>)).toMatchObject({ type: 'SECRET_UNUSABLE' });
  expect(received).toEqual([]);
});

test('a webhook that the settings no longer have is given up', async () => {
  const { run } = await world();
  expect(await failureOf(run('other') as Promise<unknown>)).toMatchObject({
    type: 'WEBHOOK_UNKNOWN',
    nonRetryable: true,
    message: 'other: this worker has no such webhook in its settings',
  });
});

test('only those are told who want to hear of it', async () => {
  expect(await (await world({ events: ['drift'] })).webhooksFor({ event: 'done' })).toEqual([]);
  expect(await (await world({ events: ['drift', 'done'] })).webhooksFor({ event: 'done' })).toEqual(['hook']);
  expect(await (await world()).webhooksFor({ event: 'done' })).toEqual(['hook']);
  const { webhooksFor } = createActivities(depsWith({}));
  expect(await webhooksFor({ event: 'done' })).toEqual([]);
});

test('a body of kind json is signed as it arrives, with the time of the attempt', async () => {
  const { run, received } = await world();
  await run();
  const [{ body, headers, path }] = received as [(typeof received)[0]];
  const [, time, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-dmsa-signature'] as string)!;
  expect(Number(time)).toBeGreaterThanOrEqual(scheduled / 1_000);
  expect(Number(time)).toBeLessThan(scheduled / 1_000 + 60);
  expect(given).toBe(createHmac('sha256', 'planted-secret').update(`${time}.${body}`).digest('hex'));
  expect(headers['idempotency-key']).toBe('the-key');
  expect(JSON.parse(body)).toMatchObject({ version: 1, key: 'the-key', event: 'done', account: 'svc-web' });
  expect(path).toBe('/planted-path');
});

test('without a secret nothing is signed', async () => {
  const { run, received } = await world({ kind: 'slack', secret: null });
  await run();
  expect(received[0]!.headers).not.toHaveProperty('x-dmsa-signature');
  expect(JSON.parse(received[0]!.body)).toHaveProperty('blocks');
});
