import { Client, type ClientOptions, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

import { DmsaError } from '../domain/errors/errors.ts';
import { connectionError, type Endpoint } from './connection-error.ts';
import { unencrypted } from './data-converter.ts';

/** Which server to talk to. Absent fields come from Temporal's own environment and profile file. */
export interface TemporalTarget {
  address?: string;
  namespace?: string;
  /** Plain gRPC, no TLS and no API key, whatever the profile says: for a server that we started. */
  embedded?: boolean;
  /** How long a client tries to connect, in milliseconds; 5 s where absent. */
  connectWithinMs?: number;
}

export interface TemporalClient {
  client: Client;
  connection: Connection;
  namespace: string;
  close(): Promise<void>;
}

export interface TemporalOptions extends Omit<ClientOptions, 'connection' | 'namespace' | 'interceptors'> {
  /** Makes the interceptor that sends spans; absent or null where none are sent. */
  traced?: ((connection: Connection, namespace: string) => WorkflowClientInterceptor) | null;
}

const connectWithinMs = 5_000;

/**
 * Connects a client as Temporal's environment variables and profile file say (`TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`, `TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`); what
 * `target` gives overrides them. Nothing is encrypted unless `options` hold a data converter that does. Throws what
 * connectionError makes of a failure, and TEMPORAL_PROFILE_INVALID for a profile that cannot be used.
 */
export async function connectTemporal(
  target: TemporalTarget = {},
  env: NodeJS.ProcessEnv = process.env,
  { traced, ...options }: TemporalOptions = {},
): Promise<TemporalClient> {
  const { namespace, ...where } = resolve(target, env);
  const connectTimeout = target.connectWithinMs ?? connectWithinMs;
  const connection = await connecting(where, connectTimeout / 2, () =>
    Connection.connect({ ...where, connectTimeout }),
  );
  const interceptors = { workflow: traced ? [traced(connection, namespace)] : [] };
  const client = new Client({ dataConverter: unencrypted, ...options, interceptors, connection, namespace });
  return { client, connection, namespace, close: () => connection.close() };
}

/** The same for a worker, which has a connection of its own kind. Throws as `connectTemporal`. */
export async function connectWorker(
  target: TemporalTarget = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ connection: NativeConnection; namespace: string }> {
  const { namespace, ...where } = resolve(target, env);
  const connection = await connecting(where, connectWithinMs / 2, () => NativeConnection.connect(where));
  return { connection, namespace };
}

/**
 * What Temporal's environment and profile file say; a variable that is set to nothing counts as not set.
 * Throws TEMPORAL_PROFILE_INVALID.
 */
export function loadProfile(env: NodeJS.ProcessEnv = process.env): ClientConfigProfile {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).filter((each): each is [string, string] => Boolean(each[1])),
  );
  try {
    return loadClientConfigProfile({ overrideEnvVars });
  } catch (cause) {
    // A file without any profile, an empty one for example, is a TypeError in envconfig 1.24.
    if (cause instanceof TypeError && !overrideEnvVars.TEMPORAL_PROFILE) {
      return loadClientConfigProfile({ overrideEnvVars, disableFile: true });
    }
    throw profileInvalid(cause);
  }
}

/** The first line alone: others quote the file, and a key may be in it. */
function profileInvalid(cause: unknown): DmsaError {
  const why = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
  const message = `Temporal's profile is not acceptable: ${why}`;
  return new DmsaError('TEMPORAL_PROFILE_INVALID', 'Temporal profile', message, { cause });
}

function resolve(target: TemporalTarget, env: NodeJS.ProcessEnv) {
  const profile: ClientConfigProfile = target.embedded ? {} : loadProfile(env);
  return {
    ...optionsOf(profile),
    address: target.address ?? profile.address ?? 'localhost:7233',
    namespace: target.namespace ?? profile.namespace ?? 'default',
  };
}

/** Reads the files of certificates that the profile names. Throws TEMPORAL_PROFILE_INVALID. */
function optionsOf(profile: ClientConfigProfile) {
  try {
    return toClientOptions(profile).connectionOptions;
  } catch (cause) {
    throw profileInvalid(cause);
  }
}

async function connecting<T>(
  endpoint: Endpoint,
  diagnoseWithinMs: number,
  connect: () => Promise<T>,
): Promise<T> {
  try {
    return await connect();
  } catch (cause) {
    throw await connectionError(endpoint, cause, diagnoseWithinMs);
  }
}
