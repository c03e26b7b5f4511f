import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';

import { findMigration } from '../../src/client/find.ts';

/** A client whose server has these migrations, of which those that have ended are not `running`; it counts what it lists. */
function clientWith(accounts: { name: string; running: boolean; domain?: string }[]) {
  const counted = { listed: 0 };
  async function* list({ query }: { query: string }) {
    const key = /DmsaAccountKey = '((?:[^']|'')*)'/.exec(query)?.[1]?.replaceAll("''", "'");
    for (const { name, running, domain = 'contoso.com' } of accounts) {
      if (!running && query.includes("ExecutionStatus = 'Running'")) continue;
      if (key !== undefined && key !== name.toLowerCase()) continue;
      counted.listed += 1;
      yield {
        workflowId: `dmsa/${domain}/${name.toLowerCase()}`,
        typedSearchAttributes: { get: () => undefined },
        status: { name: running ? 'RUNNING' : 'COMPLETED' },
        startTime: new Date(0),
      };
    }
  }
  return { client: { workflow: { list } } as unknown as Client, counted };
}

const { client } = clientWith([
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

test('an account is found among thousands of migrations by listing its own alone', async () => {
  const others = Array.from({ length: 5_000 }, (_, each) => ({
    name: `svc-${each}`,
    running: each % 10 === 0,
  }));
  const many = clientWith([
    ...others,
    { name: "Svc-O'Hara", running: false },
    { name: "SVC-O'HARA", running: true },
  ]);
  expect(await findMigration(many.client, "LAB\\svc-o'hara")).toBe("dmsa/contoso.com/svc-o'hara");
  expect(many.counted.listed).toBe(2);
});

test('an id and account@domain need no list', async () => {
  const many = clientWith([{ name: 'svc-mail', running: true }]);
  expect(await findMigration(many.client, 'DMSA/contoso.com/svc-mail')).toBe('dmsa/contoso.com/svc-mail');
  expect(await findMigration(many.client, 'Svc-Mail@contoso.com')).toBe('dmsa/contoso.com/svc-mail');
  expect(many.counted.listed).toBe(0);
});

test('a name that accounts of several domains have is refused with the ids to choose from', async () => {
  const two = clientWith([
    { name: 'svc-mail', running: false },
    { name: 'svc-mail', running: true, domain: 'fabrikam.com' },
  ]);
  await expect(findMigration(two.client, 'svc-mail')).rejects.toMatchObject({
    code: 'MIGRATION_AMBIGUOUS',
    message: expect.stringContaining('dmsa/contoso.com/svc-mail, dmsa/fabrikam.com/svc-mail'),
  });
});
