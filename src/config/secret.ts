import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { DmsaError } from '../domain/errors/errors.ts';

/** Place of a secret, never the secret itself: settings can be logged. */
export type Secret = { file: string } | { env: string } | { command: string[] };

/** Reads the secret, without the line end that editors add. Throws SECRET_UNUSABLE with the place, never the value. */
export async function readSecret(secret: Secret): Promise<string> {
  try {
    return (await load(secret)).replace(/\r?\n$/, '');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'it is not set';
    const reason = typeof code === 'number' ? ` (exit code ${code})` : ` (${code})`;
    throw new DmsaError(
      'SECRET_UNUSABLE',
      place(secret),
      `the secret in ${place(secret)} cannot be read${reason}`,
    );
  }
}

async function load(secret: Secret): Promise<string> {
  if ('file' in secret) return await readFile(secret.file, 'utf8');
  if ('env' in secret) return process.env[secret.env] ?? fail();
  const [program, ...args] = secret.command;
  return (await promisify(execFile)(program!, args)).stdout;
}

function place(secret: Secret): string {
  if ('file' in secret) return `file ${secret.file}`;
  if ('env' in secret) return `environment variable ${secret.env}`;
  return `command ${secret.command[0]}`;
}

function fail(): never {
  throw new Error('not set');
}
