import { connectTemporal } from '../temporal/connection.ts';
import { listMigrations } from './find.ts';

/** For the connection, and again for the answer: somebody waits with a finger on the tabulator key. */
const withinMs = 1_000;

/**
 * Accounts of the migrations that run, by name; where several domains have the name, their ids. Throws what Temporal's
 * client throws, and TEMPORAL_UNAVAILABLE, within two seconds.
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
