import { hostname } from 'node:os';

import proto from '@temporalio/proto';

import { connectTemporal, type TemporalTarget } from './connection.ts';

/** An idle worker asks for work at least once a minute. */
const recentMs = 120_000;

/**
 * Whether a worker on this machine asked Temporal for work on that queue lately; its identity is `pid@hostname`.
 * Throws TEMPORAL_UNAVAILABLE.
 */
export async function isWorkerPolling(
  taskQueue: string,
  target: TemporalTarget = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const { connection, namespace, close } = await connectTemporal(target, env);
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    const since = Date.now() - recentMs;
    return (pollers ?? []).some(
      ({ identity, lastAccessTime }) =>
        identity?.endsWith(`@${hostname()}`) && Number(lastAccessTime?.seconds) * 1_000 > since,
    );
  } finally {
    await close();
  }
}
