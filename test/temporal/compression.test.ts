import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { expect, test } from 'vitest';

import { compressing } from '../../src/temporal/compression.ts';

const hosts = Array.from({ length: 5_000 }, (_, index) => ({
  host: `web${index}.lab.example`,
  policy: 'yes',
}));

test('what is small stays readable, octet by octet', async () => {
  const payload = defaultPayloadConverter.toPayload({ hosts: hosts.slice(0, 3) })!;
  expect(await compressing.encode([payload])).toEqual([payload]);
  expect(await compressing.decode([payload])).toEqual([payload]);
});

test('what is large gets small, and comes back as it was with its encoding', async () => {
  const payload = defaultPayloadConverter.toPayload({ hosts })!;
  const [encoded] = await compressing.encode([payload]);
  expect(encoded!.data!.length).toBeLessThan(payload.data!.length / 5);
  const [decoded] = await compressing.decode([encoded!]);
  expect(defaultPayloadConverter.fromPayload(decoded!)).toEqual({ hosts });
  expect(Object.keys(decoded!.metadata!)).toEqual(Object.keys(payload.metadata!));
});

test('what only looks like ours, and what would never end, is left for the converter to refuse', async () => {
  const encoding = new TextEncoder().encode('binary/dmsa-deflate');
  const broken: Payload = { metadata: { encoding }, data: new Uint8Array([1, 2, 3]) };
  expect(await compressing.decode([broken])).toEqual([broken]);
  const [bomb] = await compressing.encode([
    {
      metadata: { encoding: new TextEncoder().encode('binary/plain') },
      data: new Uint8Array(65 * 1024 * 1024),
    },
  ]);
  expect(await compressing.decode([bomb!])).toEqual([bomb]);
});
