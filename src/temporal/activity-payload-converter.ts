import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

import { keyIdOf } from './encrypted-encoding.ts';
import { keyUnknown } from './encryption.ts';

/**
 * For what a worker gives to activities: what its codec had to leave encrypted fails them with ENCRYPTION_KEY_UNKNOWN, so
 * that another worker may have the key. Loaded by its path.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    const keyId = keyIdOf(payload);
    if (keyId !== null) throw keyUnknown(keyId);
    return defaultPayloadConverter.fromPayload<T>(payload);
  },
};
