import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import { cacheFolder, makeAtomically } from './cache.ts';
import { downloadTemporal } from './download.ts';
import { findOnPath, suffix } from './find-on-path.ts';
import { buildTemporal } from './go-install.ts';
import type { ReportProgress } from './progress.ts';

export interface ExecutableOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  onProgress: ReportProgress;
}

/**
 * The Temporal CLI, which holds the development server: on PATH, in our cache, downloaded, or built with Go.
 * Throws TEMPORAL_NOT_STARTED with what was tried and what to do.
 */
export async function findExecutable({ env, signal, onProgress }: ExecutableOptions): Promise<string> {
  const onPath = await findOnPath('temporal', env);
  if (onPath && (await runs(onPath))) return found(onPath, 'path');

  const cached = join(cacheFolder(env), 'bin', `temporal${suffix}`);
  if (await runs(cached)) return found(cached, 'cache');

  const tried: string[] = [];
  for (const way of [downloadTemporal, buildTemporal]) {
    signal?.throwIfAborted();
    try {
      await makeAtomically(cached, (folder) => way({ folder, env, signal, onProgress }));
      if (await runs(cached)) return cached;
      tried.push(`${cached} does not run`);
    } catch (error) {
      signal?.throwIfAborted();
      tried.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new DmsaError(
    'TEMPORAL_NOT_STARTED',
    'Temporal',
    `There is no Temporal server: ${tried.join('; ')}.`,
  );

  function found(path: string, step: 'path' | 'cache'): string {
    onProgress({ step, detail: `found ${path}` });
    return path;
  }
}

async function runs(path: string): Promise<boolean> {
  try {
    await promisify(execFile)(path, ['--version'], { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
