import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

import type { Payload, PayloadCodec } from '@temporalio/common';

/**
 * Temporal warns of payloads beyond 256 KB, and refuses megabytes. A migration of hundreds of hosts carries that much in
 * plan, facts and state; deflated it is a tenth. What is smaller than `least` octets stays as it is, to be read in
 * Temporal's UI and by its CLI; so does whatever does not get smaller.
 */
export const compressing: PayloadCodec = {
  encode: async (payloads) => payloads.map(deflated),
  decode: async (payloads) => payloads.map(inflated),
};

const least = 64 * 1024;

/** More than any state can be: who sends a signal decides what is inflated. */
const most = 64 * 1024 * 1024;

const encoding = 'binary/dmsa-deflate';

function deflated(payload: Payload): Payload {
  const { data, metadata } = payload;
  if (!data || data.length < least) return payload;
  const packed = deflateRawSync(data, { level: constants.Z_DEFAULT_COMPRESSION });
  if (packed.length >= data.length) return payload;
  return {
    metadata: { ...metadata, encoding: text(encoding), of: metadata?.encoding },
    data: packed,
  } as Payload;
}

/** What cannot be inflated is left as it is: the converter says then that it does not know it. */
function inflated(payload: Payload): Payload {
  const { data, metadata } = payload;
  if (!data || !metadata?.encoding || Buffer.from(metadata.encoding).toString() !== encoding) return payload;
  const { of, ...rest } = metadata;
  try {
    const whole = inflateRawSync(data, { maxOutputLength: most });
    return { metadata: { ...rest, encoding: of } as Payload['metadata'], data: whole };
  } catch {
    return payload;
  }
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
