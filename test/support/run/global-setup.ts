import type { TestProject } from 'vitest/node';

import { findExecutable } from '../../../src/temporal/executable.ts';
import { Bundles } from './bundles.ts';
import { LastLines } from './last-lines.ts';
import { progressLines } from './progress-lines.ts';
import { startService } from './service.ts';
import { TemporalServer } from './temporal-server.ts';
import { findTimeSkippingProgram } from './time-skipping-program.ts';
import { TimeSkippingServers } from './time-skipping-servers.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Port of the service of the run; why there is no Temporal server and no time-skipping one, or null. */
    run: { port: number; noTemporal: string | null; noTimeSkipping: string | null };
  }
}

/**
 * Finds the servers that tests need, and starts each when a test first asks for it. They are never those that
 * TEMPORAL_ADDRESS names, and end with the run. If one cannot be had, its tests are skipped, and CI refuses that.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lastLines = new LastLines();
  const bundles = new Bundles();
  const [temporal, timeSkipping] = await Promise.all([
    findTemporal().then((executable) => new TemporalServer(executable, lastLines), reasonOf),
    findTimeSkippingProgram(tell).then((program) => new TimeSkippingServers(program, lastLines), reasonOf),
  ]);
  const service = await startService({
    temporal: () => had(temporal).start(),
    'time-skipping': (_question, ended) => had(timeSkipping).lend(ended),
    bundle: (options: Parameters<Bundles['bundle']>[0]) => bundles.bundle(options),
    'last-lines': async (name: string) => lastLines.of(name),
  });
  const reasonIn = (found: object | string) => (typeof found === 'string' ? found : null);
  project.provide('run', {
    port: service.port,
    noTemporal: reasonIn(temporal),
    noTimeSkipping: reasonIn(timeSkipping),
  });
  return async () => {
    await service.close();
    for (const server of [temporal, timeSkipping]) if (typeof server !== 'string') await server.close();
  };
}

async function findTemporal(): Promise<string> {
  const tellSlow = progressLines(tell);
  return await findExecutable({
    env: process.env,
    // What is at hand needs no words.
    onProgress: (progress) => ['path', 'cache'].includes(progress.step) || tellSlow(progress),
  });
}

/** Throws an Error with the reason why a server could not be had. */
function had<Server extends object>(found: Server | string): Server {
  if (typeof found === 'string') throw new Error(found);
  return found;
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  tell(reason);
  return reason;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
