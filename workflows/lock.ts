import { condition } from '@temporalio/workflow';

/** Does nothing but exist: its workflow id is the lock. The server ends it with the migration that started it. */
export async function holdDmsaName(_migrationId: string): Promise<void> {
  await condition(() => false);
}
