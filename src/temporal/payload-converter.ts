import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

import { unreadable } from '../domain/facts/unreadable.ts';
import { keyIdOf, quoted } from './encrypted-encoding.ts';

/** What a workflow sees in the place of a payload that nobody can read: no object, so that it has the shape of nothing. */
export const unreadablePayload = 'a payload that cannot be read';

/**
 * Within workflows: anyone may send a signal in an encoding that nobody knows, octets that are no JSON, or something that is
 * encrypted with a key that this worker lacks. Without this the SDK fails the workflow task again and again, before any
 * handler has seen it; so it is seen as malformed, recorded and ignored. State that this worker lacks the key of still
 * fails the task, where it is used. Loaded by its path, into the bundle of workflows.
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
