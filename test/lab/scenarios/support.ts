import { randomBytes } from 'node:crypto';
import type { TemporalServer } from '../../../lab/temporal/server.ts';
import { defaultTopology, type Topology } from '../../../lab/topology.ts';
import { quietRuntime } from '../../support/quiet-runtime.ts';
import { testTemporal } from '../../support/temporal.ts';

/** The one development server of the test run. */
export async function testServer(): Promise<TemporalServer> {
  quietRuntime();
  return { ...(await testTemporal()), uiUrl: null, embedded: true, close: async () => undefined };
}

/** Three hosts whose account and dMSA no other test has: workflow ids are made of them. */
export function topologyFor(_purpose: string): Topology {
  const id = randomBytes(4).toString('hex');
  return defaultTopology({ restartMs: 0, account: `svc-${id}`, dmsa: `dmsa-${id}` });
}
