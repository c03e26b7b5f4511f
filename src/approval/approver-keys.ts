import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';

import { DmsaError } from '../domain/errors/errors.ts';
import type { ApproverKey } from '../domain/plan/plan.ts';
import { approverKeyList } from '../plan/approvers.ts';
import { firstIssue } from '../plan/issues.ts';

/** What other programs put into a JWK besides is left out. */
const jwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string().min(1).optional(),
  approver: z.string(),
});

/**
 * The public keys of some files, each a JWK or a JWK set whose members name their `approver`. Throws PLAN_INVALID that
 * names the file and what is wrong with it, a private key in it among others.
 */
export async function readApproverKeys(folder: string, files: string[]): Promise<ApproverKey[]> {
  const keys = (await Promise.all(files.map((file) => keysIn(resolve(folder, file))))).flat();
  const parsed = approverKeyList.safeParse(keys);
  if (parsed.success) return parsed.data;
  const { field, message } = firstIssue(parsed.error, keys);
  throw unusable(files.join(', '), `${field}: ${message}`);
}

async function keysIn(file: string): Promise<ApproverKey[]> {
  const content = await readFile(file, 'utf8').catch((cause) => {
    throw unusable(file, `it cannot be read (${cause.code})`);
  });
  const members = membersOf(content);
  if (!members) throw unusable(file, 'it is no JWK and no JWK set: write one with dmsa keys public');
  return await Promise.all(members.map((member) => keyOf(file, member)));
}

async function keyOf(file: string, member: unknown): Promise<ApproverKey> {
  if (typeof member === 'object' && member !== null && 'd' in member)
    throw unusable(file, 'it holds a private key: give the public one (dmsa keys public)');
  const parsed = jwk.safeParse(member);
  if (!parsed.success)
    throw unusable(
      file,
      'each key has to be an Ed25519 JWK with x and approver, as dmsa keys public writes it',
    );
  const { kty, crv, x, approver } = parsed.data;
  return { kty, crv, x, kid: parsed.data.kid ?? (await calculateJwkThumbprint({ kty, crv, x })), approver };
}

function membersOf(content: string): unknown[] | null {
  try {
    const json: unknown = JSON.parse(content.replace(/^\ufeff/, ''));
    if (typeof json !== 'object' || json === null) return null;
    return 'keys' in json && Array.isArray(json.keys) ? json.keys : [json];
  } catch {
    return null;
  }
}

function unusable(file: string, why: string): DmsaError {
  return new DmsaError('PLAN_INVALID', file, `${file}: ${why}`);
}
