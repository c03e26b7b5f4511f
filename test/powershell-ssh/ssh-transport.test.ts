import { expect, test } from 'vitest';

import { bench, hostFacts } from './harness.ts';

test('an operation is run and its answer returned', async () => {
  const { start, transport } = await bench();
  const server = await start();
  const result = await transport().run(
    server.host,
    'inspect-host',
    { eventsSince: null },
    { timeoutMs: 60_000 },
  );
  expect(result).toEqual(hostFacts);
  expect(server.counts).toEqual({ connections: 1, sessions: 1, operations: { 'inspect-host': 1 } });
});
