import type { TestProject } from 'vitest/node';

import { Bundles } from './bundles.ts';
import { LastLines } from './last-lines.ts';
import { SambaDomain } from './samba-domain.ts';
import { startService } from './service.ts';
import { TemporalServer } from './temporal-server.ts';
import { TimeSkippingServers } from './time-skipping-servers.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Port of the service of the run. */
    run: number;
  }
}

/**
 * Serves what the processes of a run share. Each server is found and started when a test first asks for it, and ends
 * with the run. None is the one that TEMPORAL_ADDRESS names.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lastLines = new LastLines();
  const bundles = new Bundles();
  const temporal = new TemporalServer(lastLines);
  const timeSkipping = new TimeSkippingServers(lastLines);
  const samba = new SambaDomain();
  const service = await startService({
    'temporal-lack': () => temporal.lack(),
    temporal: () => temporal.start(),
    'time-skipping-lack': () => timeSkipping.lack(),
    'time-skipping': (_question, ended) => timeSkipping.lend(ended),
    'samba-domain': () => samba.make(),
    bundle: (options: Parameters<Bundles['bundle']>[0]) => bundles.bundle(options),
    'last-lines': async (name: string) => lastLines.of(name),
  });
  project.provide('run', service.port);
  return async () => {
    await service.close();
    await temporal.close();
    await timeSkipping.close();
    await samba.close();
  };
}
