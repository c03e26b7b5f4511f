import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readPayloads, writePayloads } from '../../src/codec-server/payloads.ts';

/** Zod leaves out `__proto__`, which no converter writes. */
const name = fc.string().filter((each) => each !== '__proto__');
const anyPayload = fc.record({
  metadata: fc.dictionary(name, fc.uint8Array(), { noNullPrototype: true }),
  data: fc.uint8Array(),
});

const plain = (payloads: ReturnType<typeof readPayloads>) =>
  payloads.map(({ metadata, data }) => ({
    metadata: Object.entries(metadata ?? {}).map(([name, value]) => [name, [...value]]),
    data: [...(data ?? [])],
  }));

test('any payload comes through the JSON form as it was', () => {
  fc.assert(
    fc.property(fc.array(anyPayload), (payloads) => {
      expect(plain(readPayloads(writePayloads(payloads)))).toEqual(plain(payloads));
    }),
  );
});

test('any other JSON is refused with 400, never with another error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
      try {
        expect(Array.isArray(readPayloads(body))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ name: 'Refusal', status: 400, code: 'BODY_INVALID' });
      }
    }),
  );
});

test('absent parts, null, URL-safe and unpadded base64 are read', () => {
  const body =
    '{"payloads":[{},{"metadata":null,"data":null},{"metadata":{"a":"_-8"},"data":"AA"}],"more":1}';
  expect(plain(readPayloads(body))).toEqual([
    { metadata: [], data: [] },
    { metadata: [], data: [] },
    { metadata: [['a', [0xff, 0xef]]], data: [0] },
  ]);
});
