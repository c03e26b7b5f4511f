import proto from '@temporalio/proto';

import { searchAttributes } from '../../workflows/search-attributes.ts';
import { errorKinds } from '../domain/errors/errors.ts';
import { connectTemporal, type TemporalClient } from '../temporal/connection.ts';
import { notThere, readSearchAttributes } from '../temporal/search-attributes.ts';
import { wordFailure } from '../wording/failure.ts';
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
/** Keyword columns of the schema of Temporal's SQL visibility stores: Keyword01 to Keyword10. */
const usualKeywords = 10;

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;

interface TemporalCheckRequest extends Limits {
  taskQueue: string;
  env: NodeJS.ProcessEnv;
}

/** The server, the namespace, whether somebody takes work, and whether lists can be filtered. */
export async function checkTemporal(asked: TemporalCheckRequest): Promise<Check[]> {
  // The rest of the time is for finding out why there is no connection.
  const target = { connectWithinMs: asked.limitMs / 2 };
  const opened = await within('Temporal', asked, () => connectTemporal(target, asked.env));
  if (isCheck(opened))
    return [
      opened,
      ...['worker', 'search attributes'].map((name) =>
        notChecked(name, 'there is no connection to Temporal'),
      ),
    ];
  try {
    const server = await within('Temporal', asked, () => serverCheck(opened));
    const inNamespace = (name: string, check: () => Promise<Check>) =>
      server.verdict === 'fail'
        ? notChecked(name, `the namespace ${opened.namespace} cannot be read`)
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
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  await connection.workflowService.describeNamespace({ namespace });
  const version = serverVersion ? `version ${serverVersion}` : 'of a version that it keeps to itself';
  return ok('Temporal', `${connection.options.address}, namespace ${namespace}, ${version}`);
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
  const { missing, keywords, refusal } = await readSearchAttributes(connection, namespace);
  if (missing === null) return unknown(name, wordFailure(refusal!), refusal!.fix);
  const { length } = missing;
  if (length === 0)
    return ok(
      name,
      Object.values(searchAttributes)
        .map((key) => key.name)
        .join(', '),
    );
  if (refusal) return failed(name, notThere(namespace, missing, refusal));
  const seen = `${missing.join(', ')} not registered`;
  if (keywords + length > usualKeywords) {
    const why = `${seen}, and servers on SQL allow ${usualKeywords} of type Keyword by default, of which ${keywords} are taken`;
    return warn(name, `SEARCH_ATTRIBUTES_FULL: ${why}`, errorKinds.SEARCH_ATTRIBUTES_FULL.fix);
  }
  return warn(name, seen, 'Start dmsa worker: it registers them.');
}
