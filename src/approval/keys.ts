import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

import { readPrivateFile } from '../config/private-file.ts';
import { errorAbout } from '../domain/errors/errors.ts';

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

const privateKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  d: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().min(1).optional(),
  approver: z.string().min(1).optional(),
});

/**
 * A private key from a file as `dmsa keys new` writes it. Throws what readPrivateFile throws, and
 * KEY_INVALID; never with what is in it.
 */
export async function readPrivateKey(setting: string, file: string): Promise<PrivateKey> {
  const parsed = privateKeySchema.safeParse(jsonOf(await readPrivateFile(setting, file)));
  if (!parsed.success)
    throw errorAbout(setting, 'KEY_INVALID', `${file} holds no private Ed25519 key as a JWK`);
  const { kty, crv, x, d, approver } = parsed.data;
  const kid = parsed.data.kid ?? (await calculateJwkThumbprint({ kty, crv, x }));
  return { kty, crv, x, kid, ...(approver && { approver }), d };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
