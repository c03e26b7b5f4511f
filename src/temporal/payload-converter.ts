import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

import { unreadable } from '../domain/facts/unreadable.ts';
import { keyIdOf, quoted } from './encrypted-encoding.ts';

/** Stands for an unreadable payload in workflows. It is no object, so that it is well formed for no handler. */
export const unreadablePayload = 'a payload that cannot be read';

/**
 * Converter within workflows. Anyone may send a signal in an unknown encoding, octets that are no JSON, or a payload
 * encrypted with a key that this worker lacks. The SDK alone would fail the workflow task again and again before any handler
 * runs; with this converter the signal is malformed, recorded and ignored. State encrypted with a missing key still fails
 * the task, where it is used. Loaded by its path, into the bundle of workflows.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    const keyId = keyIdOf(payload);
    if (keyId !== null) return unreadable(`ENCRYPTION_KEY_UNKNOWN: the key ${quoted(keyId)}`) as T;
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return unreadablePayload as T;
    }
  },
};
