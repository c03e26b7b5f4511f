import type { TestProject } from 'vitest/node';

import { type DevServer, startDevServer } from '../../src/temporal/dev-server.ts';
import { findExecutable } from '../../src/temporal/executable.ts';
import { progressLines } from './progress-lines.ts';
import { timeSkippingExecutable } from './time-skipping-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    temporal: { address: string | null; namespace: string; reason: string | null };
    timeSkipping: { executable: string | null; reason: string | null };
  }
}

/**
 * One development server for the whole run, never the one that TEMPORAL_ADDRESS names; and the time-skipping server's
 * executable. Where one cannot be had, the tests that need it are skipped, and CI refuses skipped tests.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await devServer().catch(reasonOf);
  const failed = typeof server === 'string';
  project.provide('temporal', {
    address: failed ? null : server.address,
    namespace: 'default',
    reason: failed ? server : null,
  });
  project.provide(
    'timeSkipping',
    await timeSkippingExecutable(tell).then(
      (executable) => ({ executable, reason: null }),
      (error) => ({ executable: null, reason: reasonOf(error) }),
    ),
  );
  return async () => {
    if (!failed) await server.close();
  };
}

async function devServer(): Promise<DevServer> {
  const tellSlow = progressLines(tell);
  const executable = await findExecutable({
    env: process.env,
    // What is at hand needs no words.
    onProgress: (progress) => ['path', 'cache'].includes(progress.step) || tellSlow(progress),
  });
  return await startDevServer({ executable, namespace: 'default' });
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  tell(reason);
  return reason;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
