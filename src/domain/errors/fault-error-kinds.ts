import type { ErrorKind } from './error-kind.ts';

/** Whatever nobody has thought of. */
export const faultErrorKinds = {
  UNEXPECTED: {
    retryable: false,
    meaning: 'An error that dmsa has no code for.',
    fix: 'Report the message as a fault of dmsa, with the command and the output of dmsa --version and dmsa doctor.',
  },
} as const satisfies Record<string, ErrorKind>;
