import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encryptedEncoding, keyIdField } from '../../src/temporal/encrypted-encoding.ts';
import { encrypting } from '../../src/temporal/encryption.ts';
import { keyRing, noKeys } from '../../src/temporal/key-ring.ts';

const newKey = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
const [a, b] = [newKey('a'), newKey('b')];
const codec = encrypting(keyRing([a, b]));

const planted = 'CN=svc-planted,OU=Service Accounts,DC=contoso,DC=com';
const payload = () => defaultPayloadConverter.toPayload({ dn: planted })!;
const encode = async (each: Payload, by = codec) => (await by.encode([each]))[0]!;
const decode = async (each: Payload, by = codec) => (await by.decode([each]))[0]!;
const octets = (text: string) => new TextEncoder().encode(text);

const anyPayload = fc.record(
  {
    metadata: fc.dictionary(fc.string({ minLength: 1 }), fc.uint8Array(), { noNullPrototype: true }),
    data: fc.uint8Array({ maxLength: 4096 }),
  },
  { requiredKeys: ['metadata'] },
);

describe('what cannot be read', () => {
  test('names a key that the ring lacks, in one short word.', async () => {
    const encoded = await encode(payload(), encrypting(keyRing([b])));
    await expect(decode(encoded, encrypting(keyRing([a])))).rejects.toMatchObject({
      code: 'ENCRYPTION_KEY_UNKNOWN',
      subject: '"b"',
      message: 'a payload is encrypted with the key "b", which is not in the ring',
    });
    const hostile = {
      ...encoded,
      metadata: { ...encoded.metadata, [keyIdField]: octets('x\n'.repeat(500)) },
    };
    await expect(decode(hostile)).rejects.toMatchObject({
      code: 'ENCRYPTION_KEY_UNKNOWN',
      subject: JSON.stringify(`${'x\n'.repeat(32)}…`),
    });
  });

  test('where there is no key ring, is named by its key; nothing is encrypted there.', async () => {
    const without = encrypting(noKeys);
    await expect(decode(await encode(payload()), without)).rejects.toMatchObject({
      code: 'ENCRYPTION_KEY_UNKNOWN',
      subject: '"a"',
    });
    const clear = payload();
    expect(await encode(clear, without)).toBe(clear);
  });

  test('is cut off, and the error says so and not what it was.', async () => {
    const encoded = await encode(payload());
    for (const length of [0, 12, 27]) {
      await expect(decode({ ...encoded, data: encoded.data!.subarray(0, length) })).rejects.toMatchObject({
        code: 'PAYLOAD_UNREADABLE',
        message: 'a payload that names the key "a" cannot be decrypted: it is cut off',
      });
    }
    await expect(decode({ metadata: encoded.metadata! })).rejects.toMatchObject({
      code: 'PAYLOAD_UNREADABLE',
    });
    await expect(decode({ ...encoded, data: encoded.data!.subarray(0, 28) })).rejects.toMatchObject({
      code: 'PAYLOAD_UNREADABLE',
      message: expect.stringMatching(/"a" cannot be decrypted: it was changed/),
    });
  });

  test('was encrypted with another key of the same id.', async () => {
    const encoded = await encode(payload(), encrypting(keyRing([newKey('a')])));
    const error = await decode(encoded).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'PAYLOAD_UNREADABLE', subject: '"a"' });
    expect(inspect(error, { depth: 9 })).not.toContain(a.key);
  });

  test('says that another key encrypted it: the id is authenticated.', async () => {
    const same = randomBytes(32).toString('base64');
    const both = encrypting(
      keyRing([
        { id: 'a', key: same },
        { id: 'b', key: same },
      ]),
    );
    const encoded = await encode(payload(), both);
    const renamed = { ...encoded, metadata: { ...encoded.metadata, [keyIdField]: octets('b') } };
    await expect(decode(renamed, both)).rejects.toMatchObject({ code: 'PAYLOAD_UNREADABLE', subject: '"b"' });
  });

  test('has one bit flipped anywhere, and never becomes other text.', async () => {
    const flip = (octets: Uint8Array, bit: number) => {
      const copy = Uint8Array.from(octets);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      return copy;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('data', 'encoding', keyIdField),
        async (value, at, where) => {
          const encoded = await encode(defaultPayloadConverter.toPayload(value)!);
          const target = where === 'data' ? encoded.data! : encoded.metadata![where]!;
          const flipped = flip(target, at % (target.length * 8));
          const changed =
            where === 'data'
              ? { ...encoded, data: flipped }
              : { ...encoded, metadata: { ...encoded.metadata, [where]: flipped } };
          // An encoding that is nobody's is refused by the converter, which is next.
          const read = async () => defaultPayloadConverter.fromPayload(await decode(changed));
          await expect(read()).rejects.toMatchObject(
            where === 'encoding'
              ? { name: 'ValueError', message: expect.stringMatching(/^Unknown encoding: /) }
              : { code: expect.stringMatching(/^(ENCRYPTION_KEY_UNKNOWN|PAYLOAD_UNREADABLE)$/) },
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('what was encrypted', () => {
  test('comes back as it was, metadata included, whatever it is.', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyPayload, { maxLength: 4 }), async (payloads) => {
        const encoded = await codec.encode(payloads);
        expect(encoded).toHaveLength(payloads.length);
        expect(plain(await codec.decode(encoded))).toEqual(plain(payloads));
      }),
      { numRuns: 500 },
    );
  });

  test('shows its algorithm and the id of its key, and nothing else.', async () => {
    const clear = payload();
    const encoded = await encode(clear);
    expect(
      Object.entries(encoded.metadata!).map(([name, value]) => [name, Buffer.from(value).toString()]),
    ).toEqual([
      ['encoding', encryptedEncoding],
      [keyIdField, 'a'],
    ]);
    const seen = Buffer.from(encoded.data!).toString('latin1');
    for (const word of ['svc-planted', 'contoso', 'json', 'dn']) expect(seen).not.toContain(word);
    expect(encoded.data!.length).toBeGreaterThanOrEqual(clear.data!.length + 28);
  });

  test('never has the same nonce twice.', async () => {
    const encoded = await codec.encode(Array.from({ length: 10_000 }, payload));
    expect(new Set(encoded.map(({ data }) => Buffer.from(data!.subarray(0, 12)).toString('hex'))).size).toBe(
      10_000,
    );
  });

  test('is read after a rotation, and what is new is encrypted with the new key.', async () => {
    const before = encrypting(keyRing([a]));
    const after = encrypting(keyRing([b, a]));
    const old = await encode(payload(), before);
    expect(defaultPayloadConverter.fromPayload(await decode(old, after))).toEqual({ dn: planted });
    const fresh = await encode(payload(), after);
    expect(Buffer.from(fresh.metadata![keyIdField]!).toString()).toBe('b');
    expect(defaultPayloadConverter.fromPayload(await decode(fresh, encrypting(keyRing([b]))))).toEqual({
      dn: planted,
    });
    await expect(decode(fresh, before)).rejects.toMatchObject({
      code: 'ENCRYPTION_KEY_UNKNOWN',
      subject: '"b"',
    });
  });

  test('what was written before encryption was switched on is read as it is.', async () => {
    const clear = payload();
    expect(await decode(clear)).toBe(clear);
    expect(await codec.decode([])).toEqual([]);
  });
});

/** As plain arrays: a Buffer and a Uint8Array of the same octets are not equal. Absent data is empty on the wire. */
function plain(payloads: Payload[]) {
  return payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, [...value]])),
    data: [...(data ?? [])],
  }));
}
