import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';

import { send } from '../../src/notify/send.ts';
import { signature } from '../../src/notify/sign.ts';
import { type Answer, startReceiver } from '../support/receiver.ts';

const at = new Date('2025-06-01T08:00:00.900Z');
const path = '/hooks/T000/planted-path-secret';

async function sending(
  answer?: (count: number) => Answer,
  changes: Partial<Parameters<typeof send>[0]> = {},
) {
  const receiver = await startReceiver(answer);
  onTestFinished(() => receiver.close());
  const sent = await send({
    url: `${receiver.url}${path}`,
    body: '{"a":1}',
    headers: { 'Idempotency-Key': 'one' },
    signal: new AbortController().signal,
    now: () => at,
    ...changes,
  });
  return { sent, received: receiver.received, port: new URL(receiver.url).port };
}

test.each([
  [500, 'it answered 500'],
  [503, 'it answered 503'],
  [408, 'it answered 408'],
  [429, 'it answered 429'],
])('an answer of %i is worth another try', async (status, why) => {
  const { sent } = await sending(() => ({ status }));
  expect(sent).toEqual({ result: 'again', why, afterMs: null });
});

test.each([
  ['7', 7_000],
  ['0', 1_000],
  ['999999', 3_600_000],
  ['Sun, 01 Jun 2025 08:00:30 GMT', 29_100],
  ['Sun, 01 Jun 2025 07:00:00 GMT', 1_000],
  ['soon', null],
])('Retry-After %s is heeded within reason', async (written, afterMs) => {
  const { sent } = await sending(() => ({ status: 429, headers: { 'retry-after': written } }));
  expect(sent).toEqual({ result: 'again', why: 'it answered 429', afterMs });
});

test.each([400, 401, 403, 404, 410])('an answer of %i is final', async (status) => {
  const { sent } = await sending(() => ({ status }));
  expect(sent).toEqual({ result: 'refused', why: `it answered ${status}` });
});

test.each([301, 302, 307, 308])('a redirect (%i) is not followed: nobody else is told', async (status) => {
  const elsewhere = await startReceiver();
  onTestFinished(() => elsewhere.close());
  const { sent } = await sending(() => ({ status, headers: { location: elsewhere.url } }));
  expect(sent).toEqual({ result: 'refused', why: `it answered ${status}: redirects are not followed` });
  expect(elsewhere.received).toEqual([]);
});

test('a receiver that never answers is given up in its time', async () => {
  const { sent } = await sending(() => 'hang', { withinMs: 200 });
  expect(sent).toEqual({ result: 'again', why: 'it did not answer within 0.2 s', afterMs: null });
});

test('a cancellation ends it at once, as itself', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  const answered = sending(
    () => {
      stop.abort(reason);
      return 'hang';
    },
    { signal: stop.signal },
  );
  await expect(answered).rejects.toBe(reason);
});

test('a connection that drops, and a port where nobody listens, name no part of the URL', async () => {
  const dropped = await sending(() => 'drop');
  const receiver = await startReceiver();
  await receiver.close();
  const closed = await sending(undefined, { url: `${receiver.url}${path}` });
  for (const { sent } of [dropped, closed]) {
    expect(sent).toMatchObject({ result: 'again', afterMs: null });
    expect(JSON.stringify(sent)).not.toMatch(/planted|127\.0\.0\.1|localhost/);
  }
  expect(closed.sent).toMatchObject({ why: 'it cannot be reached (ECONNREFUSED)' });
});

test.each([
  'http://hooks.example/planted',
  'ftp://127.0.0.1/planted',
  'planted',
  '',
  'http://127.0.0.1.example/planted',
])('the URL %s is not used', async (url) => {
  const { sent, received } = await sending(undefined, { url });
  expect(sent).toEqual({
    result: 'refused',
    why: 'its URL has to begin with https:// (http:// only on this machine)',
  });
  expect(received).toEqual([]);
});

test('a body arrives as it was signed, with its key', async () => {
  const { sent, received } = await sending(() => ({ status: 202 }));
  expect(sent).toEqual({ result: 'sent' });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({
    path,
    body: '{"a":1}',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'one' },
  });
});

test('a signature is of time and body', () => {
  const hex = createHmac('sha256', 'k').update('1748764800.{"a":1}').digest('hex');
  expect(signature('k', '{"a":1}', at)).toBe(`t=1748764800,v1=${hex}`);
});
