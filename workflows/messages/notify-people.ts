import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';

import type { Activities } from '../../activities/index.ts';
import type { Notice } from '../../src/domain/migration/notice.ts';
import { summaries } from '../../src/wording/summary.ts';
import { failureOf } from '../failures.ts';

/** Delivery of a notice to one webhook. */
export interface NoticeDelivery {
  webhook: string;
  /** Code of the error; null if it was delivered. */
  code: string | null;
}

/** Time after which a webhook that is down gets no more tries: by then everybody has looked. */
const patience = '2d';

/**
 * Sends a notice to every webhook of the worker's settings that lists the event. Each is an activity of its own, so that
 * none is sent twice because another is down. Never fails: the result lists each delivery.
 */
export async function notifyPeople(notice: Notice): Promise<NoticeDelivery[]> {
  const key = workflowInfo().workflowId;
  const webhooks = await telling(summaries.webhooksFor(notice.event)).webhooksFor({ event: notice.event });
  return await Promise.all(
    webhooks.map(async (webhook): Promise<NoticeDelivery> => {
      try {
        await telling(summaries.notify(webhook)).notify({ webhook, notice, key });
        return { webhook, code: null };
      } catch (error) {
        return { webhook, code: failureOf(error as Parameters<typeof failureOf>[0]).code };
      }
    }),
  );
}

function telling(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: patience,
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '10m' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
}
