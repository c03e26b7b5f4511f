import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { runningAccounts } from '../../src/client/running-accounts.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { workflowType } from '../../workflows/contract.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable, unique } from '../support/temporal.ts';

test('Temporal that is away is given up on', async () => {
  await expect(runningAccounts({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).rejects.toMatchObject({
    code: 'TEMPORAL_UNAVAILABLE',
  });
});

describe.skipIf(!(await temporalAvailable()).available)('the accounts of migrations that run', () => {
  let temporal: TestTemporal;
  beforeAll(async () => {
    temporal = await connectTestTemporal();
    await registerSearchAttributes(temporal.connection, temporal.namespace);
  });
  afterAll(() => temporal.close());

  /** Nobody carries it out: it waits for a worker until it is terminated. */
  const begin = async (domain: string, account: string) =>
    await temporal.client.workflow.start(workflowType, {
      workflowId: `dmsa/${domain}/${account}`,
      taskQueue: unique('nobody'),
      args: [],
      typedSearchAttributes: [{ key: searchAttributes.account, value: account }],
    });

  test('are listed by name, and by id where two domains have the name; ended ones are not', async () => {
    const [alone, twice, ended] = [unique('alone'), unique('twice'), unique('ended')];
    const one = await begin('one.example', alone);
    const two = await begin('one.example', twice);
    const three = await begin('two.example', twice);
    const four = await begin('one.example', ended);
    await four.terminate();
    const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
    try {
      await vi.waitFor(
        async () => {
          const found = await runningAccounts(env);
          const ids = [`dmsa/one.example/${twice}`, `dmsa/two.example/${twice}`];
          expect(found).toEqual(expect.arrayContaining([alone, ...ids]));
          expect(found).not.toContain(ended);
        },
        { timeout: 20_000 },
      );
    } finally {
      for (const each of [one, two, three]) await each.terminate();
    }
  });
});
