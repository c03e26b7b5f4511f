import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

import { DmsaError } from '../domain/errors.ts';
import type { KeyRing, RingKey } from './key-ring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Names the algorithm and the layout of `data`: nonce, cipher text, tag. Whatever changes one of them changes the name. */
export const encryptedEncoding = 'binary/dmsa-aes-256-gcm';

/** The field of a payload's metadata that says which key reads it. */
export const keyIdField = 'encryption-key-id';

const algorithm = 'aes-256-gcm';
/** 96 bits, random: one key is good for 2^32 payloads (NIST SP 800-38D, 8.3). */
const nonceOctets = 12;
const tagOctets = 16;

/**
 * Encrypts each payload as a whole, its metadata included, with the current key of the ring; decrypts with whichever key
 * is named. A payload of any other encoding is left as it is: it was written before encryption was switched on, or by
 * people in Temporal's UI. Decoding throws ENCRYPTION_KEY_UNKNOWN and PAYLOAD_UNREADABLE, which name the key's id.
 */
export function encrypting(ring: KeyRing): PayloadCodec {
  const { current } = ring;
  return {
    encode: async (payloads) => (current ? payloads.map((payload) => encrypted(current, payload)) : payloads),
    decode: async (payloads) => payloads.map((payload) => decrypted(ring, payload)),
  };
}

function encrypted({ id, key }: RingKey, payload: Payload): Payload {
  const nonce = randomBytes(nonceOctets);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagOctets }).setAAD(bound(id));
  const clear = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding: octets(encryptedEncoding), [keyIdField]: octets(id) }, data };
}

function decrypted({ keys }: KeyRing, payload: Payload): Payload {
  const { metadata, data } = payload;
  if (text(metadata?.encoding) !== encryptedEncoding) return payload;
  const id = text(metadata?.[keyIdField]);
  const key = keys.get(id);
  if (!key) {
    const message = `a payload is encrypted with the key ${quoted(id)}, which is not in the ring`;
    throw new DmsaError('ENCRYPTION_KEY_UNKNOWN', quoted(id), message);
  }
  if (!data || data.length < nonceOctets + tagOctets) throw unreadable(id, 'it is cut off');
  const nonce = data.subarray(0, nonceOctets);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagOctets })
    .setAAD(bound(id))
    .setAuthTag(data.subarray(data.length - tagOctets));
  try {
    const clear = decipher.update(data.subarray(nonceOctets, data.length - tagOctets));
    decipher.final();
    return plain(clear);
  } catch {
    throw unreadable(id, 'it was changed, or that is another key of the same name');
  }
}

/**
 * What is authenticated beside the cipher text. Neither part can hold a line end. Where a payload stands, in which
 * workflow and event, is not bound: Temporal's UI asks for payloads alone.
 */
function bound(keyId: string): Buffer {
  return Buffer.from(`${encryptedEncoding}\n${keyId}`);
}

/** As a plain object, as converters make them. To Protocol Buffers empty data and none are the same. */
function plain(clear: Uint8Array): Payload {
  const { metadata, data } = PayloadMessage.decode(clear);
  return { metadata: { ...metadata }, data };
}

function unreadable(id: string, why: string): DmsaError {
  const message = `a payload that names the key ${quoted(id)} cannot be decrypted: ${why}`;
  return new DmsaError('PAYLOAD_UNREADABLE', quoted(id), message);
}

/** Who wrote the payload chose it: it is shown as one short word. */
function quoted(id: string): string {
  return JSON.stringify(id.length > 64 ? `${id.slice(0, 64)}…` : id);
}

function text(value: Uint8Array | null | undefined): string {
  return value ? Buffer.from(value).toString() : '';
}

function octets(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
