import { connectTemporal, loadProfile } from '../../src/temporal/connection.ts';
import { startDevServer } from './dev-server.ts';
import { findExecutable } from './executable.ts';
import { type ReportProgress, type TemporalProgress, timed } from './progress.ts';

export type { TemporalProgress };

export interface EnsureTemporalOptions {
  onProgress?: ReportProgress;
  /** Ends a download, a build or a start, and what they began; the promise then rejects with its reason. */
  signal?: AbortSignal;
  /** SQLite file in which an embedded server keeps its histories; in memory by default. */
  historyFile?: string;
  env?: NodeJS.ProcessEnv;
}

/** A Temporal server to talk to; `connectTemporal` and `connectWorker` take it as it is. */
export interface TemporalServer {
  address: string;
  namespace: string;
  /** Of the embedded server; null where the server is someone else's. */
  uiUrl: string | null;
  /** Started by us: plain gRPC on loopback, whatever the profile says of TLS and keys. */
  embedded: boolean;
  /** Ends an embedded server; leaves any other alone. */
  close(): Promise<void>;
}

/**
 * The server that `TEMPORAL_ADDRESS` or a Temporal client profile names; without one, a development server of our own,
 * of which no process and no file outlives this program. Throws TEMPORAL_NOT_STARTED, what connectTemporal throws, and TEMPORAL_PROFILE_INVALID for a profile
 * that cannot be read.
 */
export async function ensureTemporal(options: EnsureTemporalOptions = {}): Promise<TemporalServer> {
  const env = options.env ?? process.env;
  const onProgress = options.onProgress ?? (() => undefined);
  const profile = loadProfile(env);
  if (profile.address) return await useServer(profile.address, env, onProgress);

  const { signal, historyFile } = options;
  const executable = await findExecutable({ env, signal, onProgress });
  const namespace = profile.namespace ?? 'default';
  const server = await timed(
    'start',
    () => 'starting Temporal',
    onProgress,
    () => startDevServer({ executable, namespace, historyFile, env, signal }),
  );
  onProgress({ step: 'ready', detail: `${server.address}, its UI ${server.uiUrl}` });
  return { ...server, namespace, embedded: true };
}

async function useServer(
  address: string,
  env: NodeJS.ProcessEnv,
  onProgress: ReportProgress,
): Promise<TemporalServer> {
  onProgress({ step: 'profile', detail: `using ${address}, from Temporal's environment or profile` });
  const { connection, namespace } = await connectTemporal({}, env);
  await connection.close();
  onProgress({ step: 'ready', detail: address });
  return { address, namespace, uiUrl: null, embedded: false, close: async () => undefined };
}
