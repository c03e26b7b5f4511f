import { join } from 'node:path';

import { startGuarded } from '../processes/guarded.ts';
import { findOnPath, suffix } from './find-on-path.ts';
import { type ReportProgress, timed } from './progress.ts';

export interface ObtainOptions {
  /** An empty folder to work in; what is left there is removed. */
  folder: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  onProgress: ReportProgress;
}

/** The newest version whose go.mod carries no replace directive, which `go install` refuses. */
export const temporalCliModule = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

/** Go compiles this many packages for it; only for people to see how far it is. */
const packagesInAll = 1_300;

/** Builds the Temporal CLI with Go (1.25 or later) and returns its path. Throws an Error with Go's own words. */
export async function buildTemporal({ folder, env, signal, onProgress }: ObtainOptions): Promise<string> {
  const go = await findOnPath('go', env);
  if (!go) throw new Error('Go is not installed');
  let packages = 0;
  const detail = () =>
    `building it with Go, once, about 3 minutes${packages ? ` (${packages} of about ${packagesInAll} packages)` : ''}`;
  return await timed('build', detail, onProgress, async () => {
    // GOTMPDIR: so that an interrupted build leaves its work in the folder that is removed.
    const environment = { ...env, GOBIN: folder, GOTMPDIR: folder, GOFLAGS: '' };
    const args = ['install', '-v', '-ldflags', '-s -w', temporalCliModule];
    const building = startGuarded(go, args, { env: environment, cwd: folder, folder });
    building.onLine((line) => {
      if (!line.startsWith('go: ')) packages += 1;
    });
    const abort = () => void building.stop();
    signal?.addEventListener('abort', abort, { once: true });
    const { code, message } = await building.exited;
    signal?.removeEventListener('abort', abort);
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`building it with Go failed: ${message}`);
    return join(folder, `temporal${suffix}`);
  });
}
