import type { Payload } from '@temporalio/common';

/** Names the algorithm and the layout of `data`: nonce, cipher text, tag. Whatever changes one of them changes the name. */
export const encryptedEncoding = 'binary/dmsa-aes-256-gcm';

/** The field of a payload's metadata that says which key reads it. */
export const keyIdField = 'encryption-key-id';

/** Id of the key that a payload names; null if it is not encrypted by us. Needs nothing of Node.js. */
export function keyIdOf({ metadata }: Payload): string | null {
  if (textOf(metadata?.encoding) !== encryptedEncoding) return null;
  return textOf(metadata?.[keyIdField]);
}

/** Quotes a key id as one short word: the writer of the payload chose it. */
export function quoted(id: string): string {
  return JSON.stringify(id.length > 64 ? `${id.slice(0, 64)}…` : id);
}

function textOf(octets: Uint8Array | null | undefined): string {
  return octets ? new TextDecoder().decode(octets) : '';
}
