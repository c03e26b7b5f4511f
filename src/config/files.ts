import { open, readFile, writeFile } from 'node:fs/promises';

import { type DmsaError, errorAbout } from '../domain/errors/errors.ts';

/**
 * The text of a file that holds a private key. One that others may read is refused, as OpenSSH refuses it
 * (`sshkey_perm_ok`): on POSIX, where the file is this user's own, and anyone else has any right to it. A file of another
 * owner, as a mounted secret has, is not judged. Throws FILE_UNREADABLE and FILE_NOT_PRIVATE, naming the setting and
 * never what is in the file.
 */
export async function readPrivateFile(setting: string, file: string): Promise<string> {
  const handle = await open(file).catch((cause) => unreadable(setting, file, cause));
  try {
    const { uid, mode } = await handle.stat();
    const isOurs = process.getuid?.() === uid;
    if (isOurs && (mode & 0o077) !== 0) {
      const rights = (mode & 0o777).toString(8).padStart(4, '0');
      const why = `others may read ${file} (mode ${rights}): chmod 600 it`;
      throw errorAbout(setting, 'FILE_NOT_PRIVATE', why);
    }
    return await handle.readFile('utf8').catch((cause) => unreadable(setting, file, cause));
  } finally {
    await handle.close();
  }
}

/** The text of a file that `subject`, a setting or an option, names. Throws FILE_UNREADABLE. */
export async function readNamedFile(subject: string, file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause) => unreadable(subject, file, cause));
}

/** Throws FILE_UNREADABLE with the code of the system, such as ENOENT. */
export function unreadable(subject: string, file: string, cause: unknown): never {
  const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
  throw errorAbout(subject, 'FILE_UNREADABLE', `${file} cannot be read${reason}`, { cause });
}

/** Writes a file that `subject`, an option, names. Throws FILE_EXISTS and FILE_UNWRITABLE. */
export async function writeNamedFile(
  subject: string,
  file: string,
  text: string,
  options: { mode?: number; flag?: 'w' | 'wx' } = {},
): Promise<void> {
  await writeFile(file, text, options).catch((cause) => {
    throw unwritable(subject, file, cause);
  });
}

/** FILE_EXISTS for a file that is there already, else FILE_UNWRITABLE with the code of the system. */
export function unwritable(
  subject: string,
  file: string,
  cause: NodeJS.ErrnoException,
  overwrite?: string,
): DmsaError {
  if (cause.code === 'EEXIST')
    return errorAbout(subject, 'FILE_EXISTS', `${file} is there already`, { cause, hint: overwrite });
  return errorAbout(subject, 'FILE_UNWRITABLE', `${file} cannot be written (${cause.code})`, { cause });
}
