import proto from '@temporalio/proto';

import { searchAttributes } from '../../workflows/search-attributes.ts';
import { connectTemporal, type TemporalClient } from '../temporal/connection.ts';
import {
  type Check,
  fail,
  failed,
  isCheck,
  type Limits,
  notChecked,
  ok,
  unknown,
  warn,
  within,
} from './check.ts';

/** An idle worker asks for work at least once a minute. */
const recentMs = 120_000;
/** gRPC's NOT_FOUND; PERMISSION_DENIED and UNIMPLEMENTED, of a server that keeps something to itself. */
const notFound = 5;
const keptToItself = [7, 12];

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;

interface TemporalCheckRequest extends Limits {
  taskQueue: string;
  env: NodeJS.ProcessEnv;
}

/** The server, the namespace, whether somebody takes work, and whether lists can be filtered. */
export async function checkTemporal(asked: TemporalCheckRequest): Promise<Check[]> {
  const target = { connectWithinMs: asked.limitMs };
  const opened = await within('Temporal', { ...asked, limitMs: asked.limitMs + 500 }, () =>
    connectTemporal(target, asked.env),
  );
  if (isCheck(opened))
    return [
      opened,
      ...['worker', 'search attributes'].map((name) => notChecked(name, 'Temporal does not answer')),
    ];
  try {
    const server = await within('Temporal', asked, () => serverCheck(opened));
    const inNamespace = (name: string, check: () => Promise<Check>) =>
      server.verdict === 'fail'
        ? notChecked(name, `there is no namespace ${opened.namespace} to look at`)
        : within(name, asked, check);
    return [
      server,
      ...(await Promise.all([
        inNamespace('worker', () => workerCheck(opened, asked.taskQueue)),
        inNamespace('search attributes', () => attributesCheck(opened)),
      ])),
    ];
  } finally {
    await opened.close();
  }
}

async function serverCheck({ connection, namespace }: TemporalClient): Promise<Check> {
  const address = connection.options.address;
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const version = serverVersion ? `version ${serverVersion}` : 'of a version that it keeps to itself';
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    const code = codeOf(error);
    if (code !== notFound) return failed('Temporal', error);
    const fix = `Create it (temporal operator namespace create ${namespace}), or correct TEMPORAL_NAMESPACE.`;
    return fail('Temporal', `${address} has no namespace ${namespace}`, fix);
  }
  return ok('Temporal', `${address}, namespace ${namespace}, ${version}`);
}

/** Workflows and activities are asked for by one worker: where only one of them is, it is starting or ending. */
async function workerCheck({ connection, namespace }: TemporalClient, taskQueue: string): Promise<Check> {
  const pollers = await Promise.all(
    [TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY].map(async (taskQueueType) => {
      const queue = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
      const { pollers: found } = await connection.workflowService.describeTaskQueue(queue);
      const since = Date.now() - recentMs;
      return (found ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds) * 1_000 > since);
    }),
  );
  const names = [...new Set(pollers.flat().map(({ identity }) => identity ?? 'unnamed'))].sort();
  const fix = `Start dmsa worker with the same task queue: worker.task-queue is ${taskQueue}.`;
  if (pollers.some((found) => found.length === 0))
    return fail('worker', `nobody takes work from the task queue ${taskQueue}`, fix);
  return ok('worker', `${names.join(', ')} on the task queue ${taskQueue}`);
}

async function attributesCheck({ connection, namespace }: TemporalClient): Promise<Check> {
  const name = 'search attributes';
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const wanted = Object.values(searchAttributes).map((key) => key.name);
    const missing = wanted.filter((each) => !customAttributes?.[each]);
    if (missing.length === 0) return ok(name, wanted.join(', '));
    return warn(name, `${missing.join(', ')} not registered`, 'Start dmsa worker: it registers them.');
  } catch (error) {
    if (!keptToItself.includes(codeOf(error) ?? -1)) throw error;
    return unknown(
      name,
      'the server keeps this to its administrators',
      'Ask them for those of docs/design.md.',
    );
  }
}

function codeOf(error: unknown): number | undefined {
  return (error as { code?: number }).code;
}
