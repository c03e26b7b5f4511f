import type { ErrorKind } from './error-kinds.ts';

/** Of reading what Temporal stores encrypted; part of the table in error-kinds.ts. */
export const payloadErrorKinds = {
  ENCRYPTION_KEY_UNKNOWN: {
    retryable: false,
    meaning: 'A payload was encrypted with a key that is not in the key ring of whoever reads it.',
    fix: 'Add the key that the message names to the ring ([encryption] keys-file), in any place but the first.',
  },
  PAYLOAD_UNREADABLE: {
    retryable: false,
    meaning: 'An encrypted payload is not what was written with that key: it was cut off or changed.',
    fix: 'Compare the key of that id with where it was made; if it is the same, find out who changed the payload.',
  },
} as const satisfies Record<string, ErrorKind>;
