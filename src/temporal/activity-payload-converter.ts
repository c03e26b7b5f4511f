import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

import { keyIdOf } from './encrypted-encoding.ts';
import { keyUnknown } from './encryption.ts';

/**
 * Converter of a worker's activities: a payload that its codec left encrypted fails them with ENCRYPTION_KEY_UNKNOWN, so
 * that a worker with the key can take over. Loaded by its path.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    const keyId = keyIdOf(payload);
    if (keyId !== null) throw keyUnknown(keyId);
    return defaultPayloadConverter.fromPayload<T>(payload);
  },
};
