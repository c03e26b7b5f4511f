import { readSecret } from '../config/secret.ts';
import type { SshSettings } from '../config/settings.ts';
import type { Credential } from './wire/envelope.ts';
import { type OperationName, operations } from './wire/operations.ts';

/** Reads the network credential of an operation that talks to a DC; no other host is ever sent one. */
export async function readCredential(
  { credential }: Pick<SshSettings, 'credential'>,
  operation: OperationName,
): Promise<Credential | null> {
  if (!credential || operations[operation].on !== 'management') return null;
  return { user: credential.user, password: await readSecret(credential.password) };
}
