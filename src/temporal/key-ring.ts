import { createSecretKey, type KeyObject } from 'node:crypto';

import { z } from 'zod';

import { readPrivateFile } from '../config/files.ts';
import { readSecret } from '../config/secret.ts';
import type { EncryptionSettings } from '../config/settings.ts';
import { type DmsaError, errorAbout } from '../domain/errors/errors.ts';
import { parseJson } from '../domain/values/json.ts';

/** Keys of which one encrypts and all decrypt. They are `KeyObject`s, which print nothing of themselves. */
export interface KeyRing {
  /** Null for a ring without keys: nothing is encrypted. */
  current: RingKey | null;
  keys: ReadonlyMap<string, KeyObject>;
}

export interface RingKey {
  id: string;
  /** AES-256. */
  key: KeyObject;
}

/** A key as written in a file: 32 octets in base64. */
export interface WrittenKey {
  id: string;
  key: string;
}

/** Ring without encryption: encrypted payloads are refused with the id of their key. */
export const noKeys: KeyRing = { current: null, keys: new Map() };

const setting = 'encryption.keys';

/** Form of a key id, which stands in clear beside each payload and in messages. */
export const keyIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const keyOctets = 32;

/** Reads the key ring of the settings. Throws KEY_RING_INVALID, naming setting and place and never a key. */
export async function readKeyRing({ keys, keyId }: EncryptionSettings): Promise<KeyRing> {
  const text = 'file' in keys ? await readPrivateFile(setting, keys.file) : await readSecret(keys);
  return keyRing(parseKeys(text), keyId);
}

/** Makes a ring of keys; `keyId` names the one that encrypts, null means the first. Throws KEY_RING_INVALID. */
export function keyRing(written: WrittenKey[], keyId: string | null = null): KeyRing {
  const ring = written.map(({ id, key }) => ({ id, key: createSecretKey(key, 'base64') }));
  const current = keyId === null ? ring[0] : ring.find(({ id }) => id === keyId);
  if (!current && keyId === null) throw wrongRing('the ring holds no key');
  if (!current) throw errorAbout('encryption.key-id', 'KEY_RING_INVALID', `the ring holds no key "${keyId}"`);
  return { current, keys: new Map(ring.map(({ id, key }) => [id, key])) };
}

/**
 * Parses a key ring: lines of `id base64key`, where `#` begins a comment, or JSON, `[{ "id", "key" }]`.
 * Throws KEY_RING_INVALID, naming line or id and never a key.
 */
export function parseKeys(text: string): WrittenKey[] {
  const keys = isJson(text) ? fromJson(text) : fromLines(text);
  const seen = new Set<string>();
  for (const { id } of keys) {
    if (seen.has(id)) throw wrongRing(`the key "${id}" is there twice`);
    seen.add(id);
  }
  return keys;
}

export function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

function fromLines(text: string): WrittenKey[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.replace(/#.*$/, '').split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const [id, key, ...more] = words;
    const place = `line ${index + 1}`;
    if (!key || more.length > 0) throw wrongRing(`${place}: write it as: id base64key`);
    return [checked(id!, key, place)];
  });
}

const jsonKeys = z.array(z.strictObject({ id: z.string(), key: z.string() }));

function fromJson(text: string): WrittenKey[] {
  const json = parseJson(text);
  if (json === undefined) throw wrongRing('this is not JSON');
  const parsed = jsonKeys.safeParse(json);
  if (!parsed.success) throw wrongRing('write it as [{ "id": "…", "key": "base64…" }]');
  return parsed.data.map(({ id, key }, index) => checked(id, key, `key ${index + 1}`));
}

/** Checks one key. Messages repeat neither id nor key, as the two may be swapped. */
function checked(id: string, key: string, place: string): WrittenKey {
  if (!keyIdPattern.test(id))
    throw wrongRing(`${place}: an id is letters, digits, dots, dashes and underscores, at most 64`);
  const octets = Buffer.from(key, 'base64');
  if (octets.length !== keyOctets || octets.toString('base64') !== key)
    throw wrongRing(`${place}: a key is ${keyOctets} octets in base64`);
  return { id, key };
}

function wrongRing(why: string): DmsaError {
  return errorAbout(setting, 'KEY_RING_INVALID', why);
}
