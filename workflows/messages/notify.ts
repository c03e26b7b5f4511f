import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';

import {
  type Notice,
  type NoticeDetail,
  type NoticeEvent,
  noticeOf,
} from '../../src/domain/migration/notice.ts';
import type { FailedHost } from '../../src/domain/migration/status.ts';
import { summaries } from '../../src/wording/summary.ts';
import { type Migration, now } from '../state.ts';
import type { notifyPeople } from './notify-people.ts';

/**
 * Tells people, where the plan says so, by a child workflow that outlives the migration: only its start is waited for,
 * and nothing that goes wrong with it is the migration's business. An undo does not stop it either.
 */
export async function notify(m: Migration, event: NoticeEvent, detail: NoticeDetail = {}): Promise<void> {
  if (!m.plan.notify) return;
  m.state.notices = m.state.notices + 1;
  // No random part: what else draws random numbers may differ from one worker to the next, and ids must not.
  const own = `${workflowInfo().firstExecutionRunId}-${m.state.notices}`;
  const notice = told(m, event, detail);
  if (notice === null) return;
  const start = () =>
    startChild<typeof notifyPeople>('notifyPeople', {
      // Of one migration there are many runs and many children, and a late one may meet the next migration's.
      workflowId: `dmsa-notify/${m.id}/${own}`,
      args: [notice],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: summaries.notice(event, m.id),
    });
  await CancellationScope.nonCancellable(start).catch(() => undefined);
}

/** Null of a migration whose plan is none: anybody can start one, and nobody is told of it. */
function told(m: Migration, event: NoticeEvent, detail: NoticeDetail): Notice | null {
  try {
    return noticeOf(event, { plan: m.plan, status: m.state.status, at: now() }, detail);
  } catch {
    return null;
  }
}

/** Of those that have failed since `before`; a host that failed again is told again. */
export async function notifyOfFailedHosts(m: Migration, before: FailedHost[]): Promise<void> {
  const hosts = m.state.status.failedHosts.filter((failed) => !before.includes(failed));
  if (hosts.length > 0) await notify(m, 'host-failed', { hosts });
}
