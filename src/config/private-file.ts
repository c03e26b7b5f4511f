import { open } from 'node:fs/promises';

import { DmsaError } from '../domain/errors/errors.ts';

/**
 * The text of a file that holds a private key. One that others may read is refused, as OpenSSH refuses it
 * (`sshkey_perm_ok`): on POSIX, where the file is this user's own, and anyone else has any right to it. A file of another
 * owner, as a mounted secret has, is not judged. Throws PLAN_INVALID, naming the setting and never what is in the file.
 */
export async function readPrivateFile(setting: string, file: string): Promise<string> {
  const handle = await open(file).catch((cause) => unreadable(setting, file, cause));
  try {
    const { uid, mode } = await handle.stat();
    const isOurs = process.getuid?.() === uid;
    if (isOurs && (mode & 0o077) !== 0) {
      const rights = (mode & 0o777).toString(8).padStart(4, '0');
      throw unusable(setting, `others may read ${file} (mode ${rights}): chmod 600 it`);
    }
    return await handle.readFile('utf8').catch((cause) => unreadable(setting, file, cause));
  } finally {
    await handle.close();
  }
}

export function unreadable(setting: string, file: string, cause: unknown): never {
  const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
  throw unusable(setting, `${file} cannot be read${reason}`);
}

export function unusable(setting: string, why: string): DmsaError {
  return new DmsaError('PLAN_INVALID', setting, `${setting}: ${why}`);
}
