import { ApplicationFailure } from '@temporalio/common';

import { readSecret, type Secret } from '../src/config/secret.ts';
import { DmsaError, type ErrorCode } from '../src/domain/errors/errors.ts';
import type { Notice, NoticeEvent } from '../src/domain/migration/notice.ts';
import { bodyOf } from '../src/notify/body.ts';
import { send } from '../src/notify/send.ts';
import { signature } from '../src/notify/sign.ts';
import type { ActivityDeps } from './deps.ts';
import { cancellationSignal, runningClock } from './runtime.ts';

export interface WebhooksInput {
  event: NoticeEvent;
}

export interface NotifyInput {
  /** Its name in the settings: neither URL nor secret is known to the workflow. */
  webhook: string;
  notice: Notice;
  /** The same for every attempt, so that a receiver may know a message that it has had. */
  key: string;
}

/** The webhooks that want to hear of an event, in the order of the settings. */
export async function webhooksFor(
  { webhooks = {} }: ActivityDeps,
  { event }: WebhooksInput,
): Promise<string[]> {
  return Object.entries(webhooks)
    .filter(([, { events }]) => events === null || events.includes(event))
    .map(([name]) => name);
}

/**
 * Tells one webhook. Throws NOTIFY_FAILED, to be tried again, and NOTIFY_REFUSED; their messages name the webhook and its
 * answer, never its URL, which whoever knows it may write to.
 */
export async function notify(deps: ActivityDeps, { webhook: name, notice, key }: NotifyInput): Promise<void> {
  const clock = runningClock();
  const webhook = deps.webhooks?.[name];
  if (!webhook)
    throw new DmsaError('NOTIFY_REFUSED', name, 'this worker has no such webhook in its settings');
  const body = JSON.stringify(bodyOf(webhook.kind, notice, key));
  const [url, secret] = [await read(name, webhook.url), webhook.secret && (await read(name, webhook.secret))];
  // A receiver that checks nothing would take it, and whoever set a secret would not hear of it.
  if (secret === '')
    throw new DmsaError('NOTIFY_REFUSED', name, 'its secret is empty, and nothing is sent unsigned');
  const sent = await send({
    url,
    body,
    headers: {
      'Idempotency-Key': key,
      ...(secret !== null ? { 'X-Dmsa-Signature': signature(secret, body, clock()) } : {}),
    },
    signal: cancellationSignal(),
    now: clock,
  });
  if (sent.result === 'refused') throw new DmsaError('NOTIFY_REFUSED', name, sent.why);
  if (sent.result === 'again') throw again(name, sent.why, sent.afterMs);
}

function again(name: string, why: string, afterMs: number | null): Error {
  if (afterMs === null) return new DmsaError('NOTIFY_FAILED', name, why);
  return ApplicationFailure.create({
    type: 'NOTIFY_FAILED' satisfies ErrorCode,
    message: `${name}: ${why}`,
    nextRetryDelay: afterMs,
  });
}

/** A secret that is not there yet may be tomorrow: that is no reason to give a message up. */
async function read(name: string, place: Secret): Promise<string> {
  try {
    return (await readSecret(place)).trim();
  } catch (error) {
    throw new DmsaError(
      'NOTIFY_FAILED',
      name,
      error instanceof DmsaError ? error.message : 'a secret is missing',
    );
  }
}
