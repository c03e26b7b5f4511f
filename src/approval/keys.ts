import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

import { readPrivateFile } from '../config/files.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import { parseJson } from '../domain/values/json.ts';

/** An Ed25519 key as a JWK (RFC 8037), with its thumbprint (RFC 7638) as key id. */
export interface PrivateKey extends PublicJwk {
  /** The private key, base64url. Never logged, never shown. */
  d: string;
}

export interface PublicJwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  kid: string;
  /** Owner, whose votes it signs; absent for the key of a worker. */
  approver?: string;
}

/** Makes a new key to sign votes of `approver`, or reports of a worker where null. */
export async function newPrivateKey(approver: string | null): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x, d } = await exportJWK(privateKey);
  const key = { kty: 'OKP', crv: 'Ed25519', x: x! } as const;
  return { ...key, kid: await calculateJwkThumbprint(key), ...(approver && { approver }), d: d! };
}

/** The key without its private part: what others may have. */
export function publicKeyOf({ d: _, ...key }: PrivateKey): PublicJwk {
  return key;
}

/** 32 octets in base64url without padding. */
const octets = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** An Ed25519 public key in any JWK. Members that other programs add are dropped. */
export const publicJwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: octets,
  kid: z.string().min(1).max(200).optional(),
});

const privateKeySchema = publicJwkSchema.extend({ d: octets, approver: z.string().min(1).optional() });

/**
 * A private key from a file as `dmsa keys new` writes it. Throws what readPrivateFile throws, and
 * KEY_INVALID; never with what is in it.
 */
export async function readPrivateKey(setting: string, file: string): Promise<PrivateKey> {
  const parsed = privateKeySchema.safeParse(parseJson(await readPrivateFile(setting, file)));
  if (!parsed.success)
    throw errorAbout(setting, 'KEY_INVALID', `${file} holds no private Ed25519 key as a JWK`);
  const { kty, crv, x, d, approver } = parsed.data;
  const kid = parsed.data.kid ?? (await calculateJwkThumbprint({ kty, crv, x }));
  return { kty, crv, x, kid, ...(approver && { approver }), d };
}

/** Members of a JWK set, or the one JWK that a text is; null for other text. */
export function jwksIn(text: string): unknown[] | null {
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null) return null;
  return 'keys' in json && Array.isArray(json.keys) ? json.keys : [json];
}
