import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';

import { findMigration } from '../../src/client/find.ts';

/** A client whose server has these migrations, of which those that have ended are not `running`. */
function clientWith(accounts: { name: string; running: boolean }[]): Client {
  async function* list({ query }: { query: string }) {
    for (const { name, running } of accounts)
      if (running || !query.includes("ExecutionStatus = 'Running'"))
        yield {
          workflowId: `dmsa/contoso.com/${name}`,
          typedSearchAttributes: { get: () => undefined },
          status: { name: running ? 'RUNNING' : 'COMPLETED' },
          startTime: new Date(0),
        };
  }
  return { workflow: { list } } as unknown as Client;
}

const client = clientWith([
  { name: 'svc-billing', running: true },
  { name: 'svc-mail', running: false },
]);

test('an account without a migration is told with the nearest that runs, and no other', async () => {
  await expect(findMigration(client, 'svc-biling')).rejects.toMatchObject({
    code: 'MIGRATION_NOT_FOUND',
    fix: expect.stringMatching(/^Did you mean svc-billing\? /),
  });
  await expect(findMigration(client, 'svc-mial')).rejects.toMatchObject({
    fix: expect.not.stringContaining('Did you mean'),
  });
});

test('an account that has one is found, whatever its case', async () => {
  expect(await findMigration(client, 'CONTOSO\\SVC-Billing')).toBe('dmsa/contoso.com/svc-billing');
});
