import { ApplicationFailure } from '@temporalio/common';

import { DmsaError, type ErrorCode } from '../src/domain/errors/errors.ts';
import type { Notice, NoticeEvent } from '../src/domain/migration/notice.ts';
import type { ActivityDeps } from './deps.ts';
import { cancellationSignal, runningClock } from './runtime.ts';

export interface WebhooksInput {
  event: NoticeEvent;
}

export interface NotifyInput {
  /** Its name in the settings: neither URL nor secret is known to the workflow. */
  webhook: string;
  notice: Notice;
  /** Key that is the same for every attempt: a receiver may know a message that it has had. */
  key: string;
}

/** The webhooks that want to hear of an event, in the order of the settings. */
export async function webhooksFor({ notifier }: ActivityDeps, { event }: WebhooksInput): Promise<string[]> {
  return notifier.receiversOf(event);
}

/**
 * Tells one webhook. Throws NOTIFY_FAILED, to be tried again, NOTIFY_REFUSED, and what Notifier throws; their messages
 * name the webhook and its answer, never its URL, which whoever knows it may write to.
 */
export async function notify(deps: ActivityDeps, { webhook, notice, key }: NotifyInput): Promise<void> {
  const options = { key, now: runningClock(deps.clock), signal: cancellationSignal() };
  const delivery = await deps.notifier.send(webhook, notice, options);
  if (delivery.result === 'refused') throw new DmsaError('NOTIFY_REFUSED', webhook, delivery.why);
  if (delivery.result === 'again') throw again(webhook, delivery.why, delivery.afterMs);
}

function again(name: string, why: string, afterMs: number | null): Error {
  if (afterMs === null) return new DmsaError('NOTIFY_FAILED', name, why);
  return ApplicationFailure.create({
    type: 'NOTIFY_FAILED' satisfies ErrorCode,
    message: `${name}: ${why}`,
    nextRetryDelay: afterMs,
  });
}
