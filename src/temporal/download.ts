import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startGuarded } from '../processes/guarded.ts';
import type { ObtainOptions } from './go-install.ts';
import { timed } from './progress.ts';

/** A firewall that drops packets must not keep anyone waiting: there is a second way. */
const limitMs = 90_000;

/**
 * Downloads the Temporal CLI by the SDK's own means and returns its path. The SDK offers no way to stop a download,
 * so it runs in a process that can be ended. Throws an Error in one line.
 */
export async function downloadTemporal({ folder, env, signal, onProgress }: ObtainOptions): Promise<string> {
  return await timed(
    'download',
    () => 'downloading the Temporal CLI, once',
    onProgress,
    async () => {
      const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
      const program = fileURLToPath(new URL(`./download-program.${extension}`, import.meta.url));
      const downloading = startGuarded(process.execPath, [program, folder], { env, folder });
      const limit = setTimeout(() => void downloading.stop(), limitMs);
      const abort = () => void downloading.stop();
      signal?.addEventListener('abort', abort, { once: true });
      const { code } = await downloading.exited;
      signal?.removeEventListener('abort', abort);
      clearTimeout(limit);
      signal?.throwIfAborted();
      const file = (await readdir(folder).catch(() => [])).find((name) => name.startsWith('temporal-sdk-'));
      if (!file || code !== 0) throw new Error('it cannot be downloaded from temporal.download');
      return join(folder, file);
    },
  );
}
