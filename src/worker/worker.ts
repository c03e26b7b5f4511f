import {
  bundleWorkflowCode,
  DefaultLogger,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';

import { createActivities } from '../../activities/index.ts';
import { readApproverKeys } from '../approval/approver-keys.ts';
import type { Settings } from '../config/settings.ts';
import type { Connections } from '../connections.ts';
import type { ApproverKey } from '../domain/plan/plan.ts';
import { webhookNotifier } from '../notify/notifier.ts';
import { fileRecords } from '../records/records.ts';
import { activityEvents } from '../telemetry/activity-events.ts';
import { observed } from '../telemetry/observed.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { payloadConverterPath, workflowInterceptors, workflowSource } from '../temporal/bundle.ts';
import { workerDataConverterOf } from '../temporal/data-converter.ts';

/** A worker of these settings on connections of the caller's, who closes them. */
export async function createWorker(options: {
  settings: Settings;
  connections: Connections;
  connection: NativeConnection;
  namespace: string;
  tracing?: Tracing | null;
}): Promise<Worker> {
  const { settings, connections, connection, namespace, tracing } = options;
  const events = activityEvents(Runtime.instance().metricMeter, settings.notify);
  const dataConverter = await workerDataConverterOf(settings.encryption);
  return await Worker.create({
    connection,
    namespace,
    dataConverter,
    taskQueue: settings.worker.taskQueue,
    ...(await workflows(dataConverter.failureConverterPath)),
    interceptors: { activity: tracing ? [tracing.activity, events] : [events] },
    sinks: tracing?.sinks ?? unsent,
    activities: createActivities({
      ...observed(connections, Runtime.instance().metricMeter),
      managementHost: settings.management.host,
      approverKeys: await approverKeysOf(settings),
      records: fileRecords(settings.records.folder),
      notifier: webhookNotifier(settings.notify),
    }),
    shutdownGraceTime: '1m',
  });
}

async function approverKeysOf({ worker }: Settings): Promise<ApproverKey[] | null> {
  const { approverKeysFile } = worker;
  return approverKeysFile ? await readApproverKeys('/', [approverKeysFile]) : null;
}

/** Where nobody wants the spans of workflows. */
const unsent = { exporter: { export: { fn: () => undefined } } };

/** In a checkout they are bundled here, as the worker would print every module that it bundles. */
async function workflows(failureConverterPath?: string): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  const { workflowsPath, workflowBundle } = workflowSource(failureConverterPath !== undefined);
  if (!workflowsPath) return { workflowBundle };
  const workflowInterceptorModules = workflowInterceptors('ts');
  const logger = new DefaultLogger('WARN');
  return {
    workflowBundle: await bundleWorkflowCode({
      workflowsPath,
      payloadConverterPath: payloadConverterPath(),
      failureConverterPath,
      workflowInterceptorModules,
      logger,
    }),
  };
}
