import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

/** Decodes the first of some payloads of Temporal's API as the client does; undefined if there is none. */
export async function decodeFirst(client: Client, payloads: Payload[] | null | undefined): Promise<unknown> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  let decoded = (payloads ?? []).slice(0, 1);
  for (const codec of payloadCodecs.toReversed()) decoded = await codec.decode(decoded);
  return decoded[0] && payloadConverter.fromPayload(decoded[0]);
}
