import { connectTemporal } from '../temporal/connection.ts';
import { listMigrations } from './find.ts';

/** Time limit for the connection, and again for the answer: a person waits at the tabulator key. */
const withinMs = 1_000;

/**
 * Lists accounts of running migrations by name, or by id if several domains have the name. Throws errors of Temporal's
 * client, and TEMPORAL_UNAVAILABLE, within two seconds.
 */
export async function runningAccounts(env: NodeJS.ProcessEnv): Promise<string[]> {
  const { client, connection, close } = await connectTemporal({ connectWithinMs: withinMs }, env);
  try {
    const running = await connection.withDeadline(Date.now() + withinMs, () => listMigrations(client, {}));
    const named = Map.groupBy(running, ({ account }) => account.toLowerCase());
    return [...named.values()]
      .flatMap((same) =>
        same.length === 1 ? [same[0]!.account] : same.map(({ migrationId }) => migrationId),
      )
      .sort();
  } finally {
    await close();
  }
}
