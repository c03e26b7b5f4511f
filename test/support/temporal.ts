import { randomUUID } from 'node:crypto';

import type { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';

import { connectTemporal, connectWorker } from '../../src/temporal/connection.ts';

export interface TestTemporal {
  client: Client;
  connection: Connection;
  /** For `Worker.create`. */
  nativeConnection: NativeConnection;
  address: string;
  namespace: string;
  close(): Promise<void>;
}

/** For `describe.skipIf(!temporalAvailable().available)`. */
export function temporalAvailable(): { available: boolean; reason: string | null } {
  const { address, reason } = inject('temporal');
  return { available: address !== null, reason };
}

/**
 * Connects to the one development server of the whole test run. Tests share it, so each has task queues and workflow
 * ids of its own (`unique`), and none counts what it did not start. Close it in `afterAll`.
 */
export async function connectTestTemporal(): Promise<TestTemporal> {
  const { address, namespace, reason } = inject('temporal');
  if (address === null) throw new Error(reason ?? 'there is no Temporal server');
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
