import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import type { z } from 'zod';

import { jwksIn, publicJwkSchema, readPrivateKey } from '../approval/keys.ts';
import { readNamedFile } from '../config/files.ts';
import { errorAbout } from '../domain/errors/errors.ts';

/** An Ed25519 public key (RFC 8037) with its thumbprint. */
export interface PublicKey {
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string };
  /** SHA-256 thumbprint (RFC 7638), base64url: of the key itself, whatever it is called. */
  thumbprint: string;
  /** Name given by its owner; absent if it has none. */
  kid?: string;
}

export interface SigningKey extends PublicKey {
  key: CryptoKey;
}

const setting = 'worker.signing-key-file';

/** Reads the key that reports are signed with. Throws as readPrivateKey, with nothing of the key in it. */
export async function readSigningKey(file: string): Promise<SigningKey> {
  const { kid, d, ...parts } = await readPrivateKey(setting, file);
  const known = await publicKeyOf({ ...parts, kid });
  try {
    const key = (await importJWK({ ...known.jwk, d }, 'EdDSA')) as CryptoKey;
    return { ...known, key };
  } catch {
    throw errorAbout(
      setting,
      'KEY_INVALID',
      `${file} holds no usable Ed25519 key: its public part is not that of the private one`,
    );
  }
}

/** Reads the Ed25519 keys of a JWK or a JWK set, and ignores others. Throws FILE_UNREADABLE and KEY_INVALID. */
export async function readPublicKeys(file: string): Promise<PublicKey[]> {
  const keys = await publicKeysOf(jwksIn(await readNamedFile('--key', file)) ?? []);
  if (keys.length === 0)
    throw errorAbout('--key', 'KEY_INVALID', `${file} holds no public Ed25519 key as JWK or JWK set`);
  return keys;
}

/** Picks the Ed25519 keys out of anything that is called a key. */
export async function publicKeysOf(candidates: unknown[]): Promise<PublicKey[]> {
  const parsed = candidates.map((each) => publicJwkSchema.safeParse(each));
  return await Promise.all(parsed.flatMap(({ data }) => (data ? [publicKeyOf(data)] : [])));
}

/** Throws a JOSE error for octets that are no key. */
export async function verificationKey({ jwk }: Pick<PublicKey, 'jwk'>): Promise<CryptoKey> {
  return (await importJWK(jwk as JWK, 'EdDSA')) as CryptoKey;
}

async function publicKeyOf({ kty, crv, x, kid }: z.output<typeof publicJwkSchema>): Promise<PublicKey> {
  // The last character has bits that say nothing: one key is one text.
  const jwk = { kty, crv, x: Buffer.from(x, 'base64url').toString('base64url') };
  return { jwk, thumbprint: await calculateJwkThumbprint(jwk), ...(kid === undefined ? {} : { kid }) };
}
