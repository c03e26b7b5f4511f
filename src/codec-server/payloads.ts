import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';

import { DmsaError } from '../domain/errors/errors.ts';
import { parseJson } from '../domain/values/json.ts';
import { Refusal } from './refusal.ts';

/** Largest request, as JSON; Temporal itself refuses payloads beyond 2 MB. */
export const mostOctetsAsked = 16 * 1024 * 1024;

/** Largest answer, before base64: inflating can make a payload a thousand times as large. */
export const mostOctetsAnswered = 64 * 1024 * 1024;

/** Octets in the JSON form of Protocol Buffers: base64, also the URL-safe one, padded or not. */
const octets = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .transform((text): Uint8Array => Buffer.from(text, 'base64'));

const request = z.object({
  // Empty lists are left out of this form.
  payloads: z
    .array(
      z.object({
        metadata: z
          .record(z.string(), octets)
          .nullish()
          .transform((metadata) => metadata ?? {}),
        data: octets.nullish().transform((data) => data ?? new Uint8Array()),
      }),
    )
    .nullish()
    .transform((payloads) => payloads ?? []),
});

/** Reads the payloads of a request (JSON, `{ "payloads": [{ "metadata", "data" }] }`). Throws Refusal 400. */
export function readPayloads(body: string): Payload[] {
  const json = parseJson(body);
  if (json === undefined) throw new Refusal(400, 'BODY_INVALID', 'the body is not JSON');
  const parsed = request.safeParse(json);
  if (parsed.success) return parsed.data.payloads;
  const [issue] = parsed.error.issues;
  const place = ['body', ...(issue?.path ?? [])].join('.');
  throw new Refusal(
    400,
    'BODY_INVALID',
    `${place}: write it as { "payloads": [{ "metadata": {}, "data": "" }] }`,
  );
}

/** Writes payloads as JSON, with standard base64. */
export function writePayloads(payloads: Payload[]): string {
  return JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]),
      ),
      data: base64(data ?? new Uint8Array()),
    })),
  });
}

/**
 * Runs payloads through all codecs, one after the other; the codec that encodes first decodes last. Throws Refusal 400 for
 * a payload that cannot be decrypted, with the code of the error, and 413 if all together are too large.
 */
export async function convert(
  codecs: PayloadCodec[],
  direction: 'encode' | 'decode',
  payloads: Payload[],
): Promise<Payload[]> {
  const inOrder = direction === 'encode' ? codecs : codecs.toReversed();
  const converted: Payload[] = [];
  let size = 0;
  for (const payload of payloads) {
    let each = [payload];
    for (const codec of inOrder) each = await codec[direction](each).catch(refuse);
    size += each.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    if (size > mostOctetsAnswered) throw new Refusal(413, 'TOO_LARGE', 'the payloads are too large together');
    converted.push(...each);
  }
  return converted;
}

function refuse(error: unknown): never {
  if (error instanceof DmsaError) throw new Refusal(400, error.code, error.message);
  throw error;
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}
