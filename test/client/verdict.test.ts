import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';

import { Migrations } from '../../src/client/migrations.ts';

const id = 'dmsa/contoso.com/svc-web';
const who = { by: 'LAB\\ann', reason: 'because' };

/** A migration that records the signal that it gets after so many milliseconds; it keeps the queries that it was asked. */
function clientOf(recordsAfterMs: number) {
  const asked: { name: string; id: unknown }[] = [];
  let recordedAt = Number.POSITIVE_INFINITY;
  let sent: object = {};
  const handle = {
    workflowId: id,
    async signal(signal: string, payload: object) {
      recordedAt = performance.now() + recordsAfterMs;
      sent = { signal, ...payload, verdict: 'accepted' };
    },
    async query({ name }: { name: string }, about: unknown) {
      asked.push({ name, id: about });
      return performance.now() >= recordedAt ? sent : null;
    },
  };
  const client = {
    workflow: { getHandle: () => handle },
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
  } as unknown as Client;
  return { client, asked, sent: () => sent as { id: string } };
}

test('a verdict is asked for by the id of what was sent, and nothing else is', async () => {
  const { client, asked, sent } = clientOf(0);
  const recorded = await new Migrations(client, { taskQueue: 'q' }).send(id, 'pause', who);
  expect(recorded).toEqual({ signal: 'pause', ...who, id: sent().id, verdict: 'accepted' });
  expect(asked).toEqual([{ name: 'record', id: sent().id }]);
});

test('a verdict that takes its time is asked for ever more seldom', async () => {
  const { client, asked } = clientOf(1_000);
  await new Migrations(client, { taskQueue: 'q' }).send(id, 'pause', who);
  // After 0, 50, 150, 350, 750 and 1550 ms.
  expect(asked.length).toBeLessThanOrEqual(6);
});

test('a worker that records nothing in time is none', async () => {
  const { client, asked } = clientOf(60_000);
  const sending = new Migrations(client, { taskQueue: 'q', answerWithinMs: 300 }).send(id, 'pause', who);
  await expect(sending).rejects.toMatchObject({ code: 'NO_WORKER', subject: id });
  expect(asked.length).toBeGreaterThan(1);
});
