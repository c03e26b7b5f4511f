import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where what was downloaded or built is kept between runs: `$XDG_CACHE_HOME/dmsa`, by default `~/.cache/dmsa`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const local = process.platform === 'win32' ? env.LOCALAPPDATA : undefined;
  return join(env.XDG_CACHE_HOME || local || join(homedir(), '.cache'), 'dmsa');
}

/**
 * Makes `target` all or nothing: `make` works in a temporary folder beside it and returns what to rename to `target`.
 * Two programs may do this at once; both end with a whole `target`.
 */
export async function makeAtomically(
  target: string,
  make: (temporary: string) => Promise<string>,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const temporary = await mkdtemp(`${target}-`);
  try {
    const made = await make(temporary);
    await rename(made, target).catch((error: NodeJS.ErrnoException) => {
      // A folder cannot replace a folder: the other program was first.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
