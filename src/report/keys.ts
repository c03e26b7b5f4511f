import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { readPrivateKey } from '../approval/keys.ts';
import { readNamedFile } from '../config/private-file.ts';
import { errorAbout } from '../domain/errors/errors.ts';

/** An Ed25519 public key (RFC 8037), and what it is told by. */
export interface PublicKey {
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string };
  /** SHA-256 thumbprint (RFC 7638), base64url: of the key itself, whatever it is called. */
  thumbprint: string;
  /** What its owner calls it; absent where it has no name. */
  kid?: string;
}

export interface SigningKey extends PublicKey {
  key: CryptoKey;
}

/** 32 octets in base64url without padding. */
const octets = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const publicSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: octets,
  kid: z.string().min(1).max(200).optional(),
});
const setSchema = z.object({ keys: z.array(z.unknown()).min(1) });

const setting = 'worker.signing-key-file';

/** The key that reports are signed with. Throws as readPrivateKey, with nothing of the key in it. */
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

/** The keys of a JWK or a JWK set; those of a set that are of other kinds are passed over. Throws
 * FILE_UNREADABLE and KEY_INVALID. */
export async function readPublicKeys(file: string): Promise<PublicKey[]> {
  const json = parsedJson(await readNamedFile('--key', file));
  const set = setSchema.safeParse(json);
  const keys = await publicKeysOf(set.success ? set.data.keys : [json]);
  if (keys.length === 0)
    throw errorAbout('--key', 'KEY_INVALID', `${file} holds no public Ed25519 key as JWK or JWK set`);
  return keys;
}

/** Those that are Ed25519 keys, of whatever somebody calls keys. */
export async function publicKeysOf(candidates: unknown[]): Promise<PublicKey[]> {
  const parsed = candidates.map((each) => publicSchema.safeParse(each));
  return await Promise.all(parsed.flatMap(({ data }) => (data ? [publicKeyOf(data)] : [])));
}

/** Throws a JOSE error for octets that are no key. */
export async function verificationKey({ jwk }: Pick<PublicKey, 'jwk'>): Promise<CryptoKey> {
  return (await importJWK(jwk as JWK, 'EdDSA')) as CryptoKey;
}

async function publicKeyOf({ kty, crv, x, kid }: z.output<typeof publicSchema>): Promise<PublicKey> {
  // The last character has bits that say nothing: one key is one text.
  const jwk = { kty, crv, x: Buffer.from(x, 'base64url').toString('base64url') };
  return { jwk, thumbprint: await calculateJwkThumbprint(jwk), ...(kid === undefined ? {} : { kid }) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
