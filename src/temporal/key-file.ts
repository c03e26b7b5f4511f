import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm } from 'node:fs/promises';

import { readPrivateFile, unwritable } from '../config/files.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import { isJson, keyIdPattern, keyOctets, parseKeys, type WrittenKey } from './key-ring.ts';

/** Makes a new AES-256 key. Throws ARGUMENT_INVALID. */
export function newRingKey(id: string): WrittenKey {
  if (!keyIdPattern.test(id))
    throw errorAbout(
      '--id',
      'ARGUMENT_INVALID',
      'an id is letters, digits, dots, dashes and underscores, at most 64',
    );
  return { id, key: randomBytes(keyOctets).toString('base64') };
}

/** Writes a key as a line of a key ring. */
export function keyLine({ id, key }: WrittenKey): string {
  return `${id} ${key}`;
}

/**
 * Adds the key to a ring's file, last, or first so that it encrypts, in the form that the file has; makes the file where
 * there is none. Only its owner may read it (0600). It is exchanged as a whole, so that nobody reads half of it.
 * Throws FILE_NOT_PRIVATE, ARGUMENT_INVALID for an id that it has already, FILE_EXISTS where another is writing it,
 * and FILE_UNWRITABLE.
 */
export async function addToKeyFile(file: string, key: WrittenKey, place: 'first' | 'last'): Promise<void> {
  // A link stays a link.
  const target = await realpath(file).catch(() => null);
  const text = target === null ? '' : await readPrivateFile('--add', target);
  if (parseKeys(text).some(({ id }) => id === key.id))
    throw errorAbout('--id', 'ARGUMENT_INVALID', `${file} holds a key "${key.id}" already: choose another`);
  await exchange(target ?? file, withKey(text, key, place));
}

function withKey(text: string, key: WrittenKey, place: 'first' | 'last'): string {
  if (isJson(text)) {
    const keys = parseKeys(text);
    return `${JSON.stringify(place === 'first' ? [key, ...keys] : [...keys, key], null, 2)}\n`;
  }
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return place === 'first' ? `${keyLine(key)}\n${whole}` : `${whole}${keyLine(key)}\n`;
}

/** Replaces a file by a new one beside it: nobody else has that open, and two cannot write at once. */
async function exchange(file: string, text: string): Promise<void> {
  const beside = `${file}.new`;
  const handle = await open(beside, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw unwritable('--add', file, cause);
    const taken = `${beside} is there: another command writes it, or was cut off: then remove it`;
    throw errorAbout('--add', 'FILE_EXISTS', taken, { cause });
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(beside, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(beside, { force: true });
    throw error;
  }
}
