import { chmod, writeFile } from 'node:fs/promises';

import { exportJWK, generateKeyPair, type JWK } from 'jose';

import { readSigningKey, type SigningKey } from '../../src/report/keys.ts';

/** A pair of JWKs, as `dmsa keys new` makes them. */
export async function newKey(kid = 'worker'): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const privateJwk: JWK = { ...(await exportJWK(privateKey)), kid };
  const { d: _, ...publicJwk } = privateJwk;
  return { privateJwk, publicJwk };
}

/** The same in a file of its own, that its owner alone may read. */
export async function writeKey(file: string, jwk: JWK): Promise<SigningKey> {
  await writeFile(file, JSON.stringify(jwk));
  await chmod(file, 0o600);
  return await readSigningKey(file);
}
