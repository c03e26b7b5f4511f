import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startGuarded } from '../processes/guarded.ts';
import type { ObtainOptions } from './go-install.ts';
import { timed } from './progress.ts';

/** A firewall that drops packets must not keep anyone waiting: there is a second way. */
const limitMs = 90_000;

/** Downloads the Temporal CLI by the SDK's own means and returns its path. Throws an Error in one line. */
export async function downloadTemporal(options: ObtainOptions): Promise<string> {
  const download = () => downloadWithSdk('dev-server', options);
  return await timed('download', () => 'downloading the Temporal CLI, once', options.onProgress, download);
}

/**
 * Downloads the executable of one of the SDK's two servers and returns its path. The SDK offers no way to stop a
 * download, so it runs in a process that can be ended. Throws an Error in one line.
 */
export async function downloadWithSdk(
  kind: 'dev-server' | 'time-skipping',
  { folder, env, signal }: Omit<ObtainOptions, 'onProgress'>,
): Promise<string> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = fileURLToPath(new URL(`./download-program.${extension}`, import.meta.url));
  const downloading = startGuarded(process.execPath, [program, kind, folder], { env, folder });
  const stop = () => void downloading.stop();
  const limit = setTimeout(stop, limitMs);
  signal?.addEventListener('abort', stop, { once: true });
  const { code } = await downloading.exited;
  signal?.removeEventListener('abort', stop);
  clearTimeout(limit);
  signal?.throwIfAborted();
  const [file] = await readdir(folder).catch(() => []);
  if (!file || code !== 0) throw new Error('it cannot be downloaded from temporal.download');
  return join(folder, file);
}
