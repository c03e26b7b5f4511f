import {
  bundleWorkflowCode,
  DefaultLogger,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions as WorkerOptionsOfTemporal,
} from '@temporalio/worker';

import { createActivities } from '../activities/index.ts';
import type { Settings } from './config/settings.ts';
import { connectDirectory } from './directory/connection/connection.ts';
import { directoryServers } from './directory/connection/servers.ts';
import { type Log, temporalLogger } from './log.ts';
import { transportOf } from './powershell/connect-hosts.ts';
import type { ClosableTransport } from './powershell/transport.ts';
import type { PreflightDeps } from './preflight.ts';
import { fileRecords } from './records.ts';
import { workflowSource } from './temporal/bundle.ts';
import { dataConverter } from './temporal/compression.ts';
import { connectTemporal, connectWorker } from './temporal/connection.ts';
import { registerSearchAttributes } from './temporal/search-attributes.ts';

export interface WorkerOptions {
  settings: Settings;
  log: Log;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onReady(address: string): void;
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
export async function runWorker({ settings, log, env, signal, onReady }: WorkerOptions): Promise<void> {
  const { connection: client, namespace, close } = await connectTemporal({}, env);
  await registerSearchAttributes(client, namespace).finally(close);
  installRuntime(log);
  const { connection } = await connectWorker({}, env);
  const connections = connectionsOf(settings);
  try {
    const worker = await createWorker({ settings, connections, connection, namespace });
    onReady(`${namespace} at ${env.TEMPORAL_ADDRESS ?? 'the address of the profile'}`);
    await worker.runUntil(aborted(signal));
  } finally {
    await connections.transport.close();
    await connection.close();
  }
}

/** A worker of these settings on connections of the caller's, who closes them. */
export async function createWorker(options: {
  settings: Settings;
  connections: Connections;
  connection: NativeConnection;
  namespace: string;
}): Promise<Worker> {
  const { settings, connections, connection, namespace } = options;
  return await Worker.create({
    connection,
    namespace,
    dataConverter,
    taskQueue: settings.worker.taskQueue,
    ...(await workflows()),
    activities: createActivities({
      ...connections,
      managementHost: settings.management.host,
      records: fileRecords(settings.records.folder),
    }),
    shutdownGraceTime: '1m',
  });
}

/** In a checkout they are bundled here, as the worker would print every module that it bundles. */
async function workflows(): Promise<Pick<WorkerOptionsOfTemporal, 'workflowBundle'>> {
  const { workflowsPath, workflowBundle } = workflowSource();
  if (!workflowsPath) return { workflowBundle };
  return { workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }) };
}

/**
 * Temporal's own log lines go through ours. Once a process: a second call would fail. It ends with the last worker;
 * where there may be none, shut it down, or it keeps the process from ending.
 */
export function installRuntime(log: Log): Runtime {
  return Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
    shutdownSignals: [],
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
