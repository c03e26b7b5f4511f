import { resolve } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';

import { readNamedFile } from '../config/files.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import type { ApproverKey } from '../domain/plan/plan.ts';
import { approverKeyList } from '../plan/approvers.ts';
import { firstIssue } from '../plan/parse-fields.ts';
import { jwksIn, publicJwkSchema } from './keys.ts';

const jwk = publicJwkSchema.extend({ approver: z.string() });

/**
 * Reads the public keys of some files, each a JWK or a JWK set whose members name their `approver`. Throws FILE_UNREADABLE,
 * and KEY_INVALID that says what is wrong with a file, a private key in it among others.
 */
export async function readApproverKeys(folder: string, files: string[]): Promise<ApproverKey[]> {
  const keys = (await Promise.all(files.map((file) => keysIn(resolve(folder, file))))).flat();
  const parsed = approverKeyList.safeParse(keys);
  if (parsed.success) return parsed.data;
  const { field, message } = firstIssue(parsed.error, keys);
  throw errorAbout(files.join(', '), 'KEY_INVALID', `${field}: ${message}`);
}

async function keysIn(file: string): Promise<ApproverKey[]> {
  const members = jwksIn(await readNamedFile('approver keys', file));
  if (!members) throw errorAbout(file, 'KEY_INVALID', 'it is no JWK and no JWK set');
  return await Promise.all(members.map((member) => keyOf(file, member)));
}

async function keyOf(file: string, member: unknown): Promise<ApproverKey> {
  if (typeof member === 'object' && member !== null && 'd' in member)
    throw errorAbout(file, 'KEY_INVALID', 'it holds a private key, and the public one is needed');
  const parsed = jwk.safeParse(member);
  if (!parsed.success)
    throw errorAbout(
      file,
      'KEY_INVALID',
      'each key has to be an Ed25519 JWK with x and approver, as dmsa keys public writes it',
    );
  const { kty, crv, x, approver } = parsed.data;
  return { kty, crv, x, kid: parsed.data.kid ?? (await calculateJwkThumbprint({ kty, crv, x })), approver };
}
