import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

import { DmsaError } from '../domain/errors/errors.ts';
import { encryptedEncoding, keyIdField, keyIdOf, quoted } from './encrypted-encoding.ts';
import type { KeyRing, RingKey } from './key-ring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

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

/**
 * Codec of a worker: a payload that it cannot decrypt stays as it is, and fails where it is used (payload-converter.ts,
 * activity-payload-converter.ts). So a signal that anybody may have sent does not stop a workflow.
 */
export function encryptingForWorker(ring: KeyRing): PayloadCodec {
  const leave = (payload: Payload) => {
    try {
      return decrypted(ring, payload);
    } catch (error) {
      if (error instanceof DmsaError) return payload;
      throw error;
    }
  };
  return { ...encrypting(ring), decode: async (payloads) => payloads.map(leave) };
}

function encrypted({ id, key }: RingKey, payload: Payload): Payload {
  const nonce = randomBytes(nonceOctets);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagOctets }).setAAD(bound(id));
  const clear = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding: octets(encryptedEncoding), [keyIdField]: octets(id) }, data };
}

function decrypted({ keys }: KeyRing, payload: Payload): Payload {
  const { data } = payload;
  const id = keyIdOf(payload);
  if (id === null) return payload;
  const key = keys.get(id);
  if (!key) throw keyUnknown(id);
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

export function keyUnknown(id: string): DmsaError {
  const message = `a payload is encrypted with the key ${quoted(id)}, which is not in the ring`;
  return new DmsaError('ENCRYPTION_KEY_UNKNOWN', quoted(id), message);
}

/**
 * Associated data of the cipher. Neither part can hold a line end. Workflow and event of a payload are not bound:
 * Temporal's UI asks for payloads alone.
 */
function bound(keyId: string): Buffer {
  return Buffer.from(`${encryptedEncoding}\n${keyId}`);
}

/** Decodes a payload to a plain object, as converters make them. Protocol Buffers do not tell empty data from none. */
function plain(clear: Uint8Array): Payload {
  const { metadata, data } = PayloadMessage.decode(clear);
  return { metadata: { ...metadata }, data };
}

function unreadable(id: string, why: string): DmsaError {
  const message = `a payload that names the key ${quoted(id)} cannot be decrypted: ${why}`;
  return new DmsaError('PAYLOAD_UNREADABLE', quoted(id), message);
}

function octets(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
