import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { connectTestTemporal, type TestTemporal, temporalAvailable } from '../support/temporal.ts';
import { startTimeSkipping, timeSkippingAvailable } from '../support/time-skipping.ts';

describe.skipIf(!temporalAvailable().available)('the development server', () => {
  let temporal: TestTemporal;
  beforeAll(async () => {
    temporal = await connectTestTemporal();
  });
  afterAll(() => temporal.close());

  it('has every search attribute from the start', async () => {
    expect(await registerSearchAttributes(temporal.connection, temporal.namespace)).toEqual([]);
  });
});

describe.skipIf(!timeSkippingAvailable().available)('the time-skipping server', () => {
  it('lets 28 days pass', async () => {
    const environment = await startTimeSkipping();
    try {
      const before = await environment.currentTimeMs();
      await environment.sleep('28 days');
      expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(28 * 86_400_000);
    } finally {
      await environment.teardown();
    }
  });
});
