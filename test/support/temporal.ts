import { randomUUID } from 'node:crypto';

import type { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';

import { connectTemporal, connectWorker } from '../../src/temporal/connection.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { ask } from './run/ask.ts';
import type { TemporalAddress } from './run/temporal-server.ts';
import { noteServer } from './run/used-servers.ts';

export interface TestTemporal {
  client: Client;
  connection: Connection;
  /** For `Worker.create`. */
  nativeConnection: NativeConnection;
  address: string;
  namespace: string;
  close(): Promise<void>;
}

/** For `describe.skipIf(!available)`; `reason` is one line for people, null if there is a server. */
export async function temporalAvailable(): Promise<{ available: boolean; reason: string | null }> {
  const reason = await ask<string | null>('temporal-lack');
  return { available: reason === null, reason };
}

/**
 * Returns the address of the one development server of the whole test run. Tests share it, so each has task queues and
 * workflow ids of its own (`unique`), and none counts what it did not start.
 */
export async function testTemporal(): Promise<TemporalAddress> {
  noteServer('temporal', true);
  return await ask<TemporalAddress>('temporal');
}

/** Connects to the development server of the test run. Close it in `afterAll`. */
export async function connectTestTemporal(): Promise<TestTemporal> {
  const { address, namespace } = await testTemporal();
  quietRuntime();
  const { client, connection } = await connectTemporal({ address, namespace, embedded: true });
  const { connection: nativeConnection } = await connectWorker({ address, namespace, embedded: true });
  const close = async () => {
    await nativeConnection.close();
    await connection.close();
  };
  return { client, connection, nativeConnection, address, namespace, close };
}

/** A name for a task queue or a workflow that no other test has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}
