import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DmsaError } from '../../src/domain/errors/errors.ts';
import { readPublicKeys, readSigningKey } from '../../src/report/keys.ts';
import { newKey, writeKey } from './keys-of-test.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-keys-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('a file of a key', () => {
  test('that others may read is refused, with how to mend it', async () => {
    const file = join(folder, 'open.jwk');
    await writeFile(file, JSON.stringify((await newKey()).privateJwk));
    await chmod(file, 0o644);
    await expect(readSigningKey(file)).rejects.toMatchObject({
      code: 'FILE_NOT_PRIVATE',
      message: `worker.signing-key-file: others may read ${file} (mode 0644): chmod 600 it`,
    });
  });

  test('that is missing, of another kind, or not a pair is refused, and nothing of it is told', async () => {
    const file = join(folder, 'bad.jwk');
    const { privateJwk, publicJwk } = await newKey();
    const mixed = { ...privateJwk, x: (await newKey()).publicJwk.x };
    await expect(readSigningKey(join(folder, 'none'))).rejects.toThrow('cannot be read (ENOENT)');
    for (const jwk of [
      publicJwk,
      mixed,
      { kty: 'oct', k: 'AAAA' },
      'text',
      { ...privateJwk, crv: 'X25519' },
    ]) {
      const failure = await writeKey(file, jwk as never).then(
        () => null,
        (error: DmsaError) => error,
      );
      expect(failure).toMatchObject({ code: 'KEY_INVALID', subject: 'worker.signing-key-file' });
      expect(failure!.message).not.toContain(privateJwk.d!);
    }
  });

  test('may be a set, of which what is no Ed25519 key is passed over', async () => {
    const file = join(folder, 'set.json');
    const { publicJwk } = await newKey('a');
    await writeFile(file, JSON.stringify({ keys: [{ kty: 'RSA' }, publicJwk] }));
    expect((await readPublicKeys(file)).map(({ kid }) => kid)).toEqual(['a']);
    await writeFile(file, JSON.stringify({ keys: [{ kty: 'RSA' }] }));
    await expect(readPublicKeys(file)).rejects.toThrow('holds no public Ed25519 key');
  });
});
