import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

import type { Payload, PayloadCodec } from '@temporalio/common';

/**
 * Temporal warns of payloads beyond 256 KB, and refuses megabytes. A migration of hundreds of hosts carries that much in
 * plan, facts and state; deflated it is a tenth. Payloads below `least` octets stay as they are, to be read in Temporal's
 * UI and CLI; so do those that do not get smaller.
 */
export const compressing: PayloadCodec = {
  encode: async (payloads) => payloads.map(deflated),
  decode: async (payloads) => payloads.map(inflated),
};

const least = 64 * 1024;

/** Limit above any state: the sender of a signal decides what is inflated. */
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

/** Leaves a payload that cannot be inflated as it is: the converter refuses it then. */
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
