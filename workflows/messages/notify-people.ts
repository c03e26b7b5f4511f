import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';

import type { Activities } from '../../activities/index.ts';
import type { Notice } from '../../src/domain/migration/notice.ts';
import { summaries } from '../../src/wording/summary.ts';
import { failureOf } from '../failures.ts';

/** What became of a notice at one webhook. */
export interface Told {
  webhook: string;
  /** Null where it was told. */
  code: string | null;
}

/** A webhook that is down for longer is not told any more: by then everybody has looked. */
const patience = '2d';

/**
 * Tells every webhook of the worker's settings that wants to hear of the event. Each is an activity of its own, so that
 * one that is down does not make another be told twice. Never fails: what became of each is the result.
 */
export async function notifyPeople(notice: Notice): Promise<Told[]> {
  const key = workflowInfo().workflowId;
  const webhooks = await telling(summaries.webhooksFor(notice.event)).webhooksFor({ event: notice.event });
  return await Promise.all(
    webhooks.map(async (webhook): Promise<Told> => {
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
