import type { DataConverter } from '@temporalio/common';

import type { EncryptionSettings } from '../config/settings.ts';
import { activityPayloadConverterPath, failureConverterPath } from './bundle.ts';
import { compressing } from './compression.ts';
import { encrypting, encryptingForWorker } from './encryption.ts';
import { noKeys, readKeyRing } from './key-ring.ts';

/** Encrypts nothing, and refuses encrypted payloads with ENCRYPTION_KEY_UNKNOWN. */
export const unencrypted: DataConverter = { payloadCodecs: [compressing, encrypting(noKeys)] };

/**
 * Converter of every client of these settings: it compresses large payloads, then encrypts all, if there is a key ring.
 * Throws as readKeyRing.
 */
export async function dataConverterOf(encryption: EncryptionSettings | undefined): Promise<DataConverter> {
  if (!encryption) return unencrypted;
  const ring = await readKeyRing(encryption);
  // The SDK encodes by the first codec first and decodes by the last: what is encrypted does not compress.
  return { payloadCodecs: [compressing, encrypting(ring)], failureConverterPath: failureConverterPath() };
}

/** Converter of workers, whose workflows go on whatever they are sent. */
export async function workerDataConverterOf(
  encryption: EncryptionSettings | undefined,
): Promise<DataConverter> {
  const ring = encryption ? await readKeyRing(encryption) : noKeys;
  return {
    payloadCodecs: [compressing, encryptingForWorker(ring)],
    payloadConverterPath: activityPayloadConverterPath(),
    ...(encryption && { failureConverterPath: failureConverterPath() }),
  };
}
