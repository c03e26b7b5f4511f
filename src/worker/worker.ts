import {
  bundleWorkflowCode,
  DefaultLogger,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions as WorkerOptionsOfTemporal,
} from '@temporalio/worker';

import { createActivities } from '../../activities/index.ts';
import { readApproverKeys } from '../approval/approver-keys.ts';
import type { Settings } from '../config/settings.ts';
import { connectDirectory } from '../directory/connection/connection.ts';
import { directoryServers } from '../directory/connection/servers.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { ApproverKey } from '../domain/plan/plan.ts';
import type { PreflightDeps } from '../inspection/preflight.ts';
import { transportOf } from '../powershell/connect-hosts.ts';
import type { ClosableTransport } from '../powershell/transport.ts';
import { fileRecords } from '../records/records.ts';
import { activityEvents } from '../telemetry/activity-events.ts';
import { type Log, temporalLogger } from '../telemetry/log.ts';
import { prometheus } from '../telemetry/metrics.ts';
import { observed } from '../telemetry/observed.ts';
import { tracingOf } from '../telemetry/traces-to.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { payloadConverterPath, workflowInterceptors, workflowSource } from '../temporal/bundle.ts';
import { connectTemporal, connectWorker } from '../temporal/connection.ts';
import { workerDataConverterOf } from '../temporal/data-converter.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';

export interface WorkerOptions {
  settings: Settings;
  log: Log;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onReady(address: string): void;
  /** `HOST:PORT` where Prometheus may read metrics; null for nowhere. */
  metrics?: string | null;
}

export interface Connections extends PreflightDeps {
  /** To be closed: it keeps connections for a while. */
  transport: ClosableTransport;
}

/** The ways to directory and hosts that the settings describe. */
export function connectionsOf(settings: Settings): Connections {
  return {
    connectDirectory: connectDirectory(settings.directory, settings.hosts),
    directoryServers: directoryServers(settings.directory),
    transport: transportOf(settings),
  };
}

/** `dmsa worker`: carries out migrations until `signal` aborts, and lets what is under way end. */
export async function runWorker({
  settings,
  log,
  env,
  signal,
  onReady,
  metrics,
}: WorkerOptions): Promise<void> {
  const { connection: client, namespace, close } = await connectTemporal({}, env);
  await registerSearchAttributes(client, namespace).finally(close);
  const tracing = await tracingOf(env);
  installRuntimeFor(log, metrics ?? null, tracing !== null);
  const { connection } = await connectWorker({}, env);
  const connections = connectionsOf(settings);
  try {
    const worker = await createWorker({ settings, connections, connection, namespace, tracing });
    onReady(`${namespace} at ${env.TEMPORAL_ADDRESS ?? 'the address of the profile'}`);
    await worker.runUntil(aborted(signal));
  } finally {
    await connections.transport.close();
    await connection.close();
    await tracing?.shutdown();
  }
}

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
      webhooks: settings.notify,
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
async function workflows(
  failureConverterPath?: string,
): Promise<Pick<WorkerOptionsOfTemporal, 'workflowBundle'>> {
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

/**
 * Temporal's own log lines go through ours. Once a process: a second call would fail. It ends with the last worker;
 * where there may be none, shut it down, or it keeps the process from ending. `metrics`: `HOST:PORT` where Prometheus
 * may read them; `traced`: whether spans are sent, whose ids then are in the log.
 */
export function installRuntime(
  log: Log,
  { metrics = null, traced = false }: { metrics?: string | null; traced?: boolean } = {},
): Runtime {
  return Runtime.install({
    logger: temporalLogger(log, traced),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metrics !== null && { metrics: prometheus(metrics) }),
    },
    shutdownSignals: [],
  });
}

/** Throws PLAN_INVALID where metrics cannot be answered there. */
function installRuntimeFor(log: Log, metrics: string | null, traced: boolean): void {
  try {
    installRuntime(log, { metrics, traced });
  } catch (cause) {
    if (metrics === null) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DmsaError('PLAN_INVALID', metrics, `metrics cannot be answered at ${metrics}: ${why}`, {
      cause,
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
