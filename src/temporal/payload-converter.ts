import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** What a workflow sees in the place of a payload that nobody can read: no object, so that it has the shape of nothing. */
export const unreadablePayload = 'a payload that cannot be read';

/**
 * Within workflows: anyone may send a signal in an encoding that nobody knows, or octets that are no JSON. Without this
 * the SDK fails the workflow task again and again, before any handler has seen it; so it is seen as malformed, recorded
 * and ignored. Loaded by its path, into the bundle of workflows.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return unreadablePayload as T;
    }
  },
};
