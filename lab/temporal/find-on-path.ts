import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Suffix of an executable file on this system. */
export const suffix = process.platform === 'win32' ? '.exe' : '';

/** The first executable file of that name on PATH, or null. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, `${name}${suffix}`);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return null;
}
