import type { Settings } from '../config/settings.ts';
import { connectionsOf } from '../connections.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { tracingOf } from '../telemetry/traces-to.ts';
import { connectTemporal, connectWorker } from '../temporal/connection.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { installRuntime } from './runtime.ts';
import { createWorker } from './worker.ts';

export interface RunWorkerOptions {
  settings: Settings;
  log: Log;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onReady(address: string): void;
  /** `HOST:PORT` where Prometheus may read metrics; null for nowhere. */
  metrics?: string | null;
}

/** `dmsa worker`: carries out migrations until `signal` aborts, and lets what is under way end. */
export async function runWorker({
  settings,
  log,
  env,
  signal,
  onReady,
  metrics,
}: RunWorkerOptions): Promise<void> {
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

/** Throws ADDRESS_UNUSABLE. */
function installRuntimeFor(log: Log, metrics: string | null, traced: boolean): void {
  try {
    installRuntime(log, { metrics, traced });
  } catch (cause) {
    if (metrics === null) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `metrics cannot be answered at ${metrics}: ${why}`;
    throw errorAbout('worker.metrics', 'ADDRESS_UNUSABLE', message, { cause });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
