import type { ErrorKind } from './error-kind.ts';

/** What can become of telling people; a migration goes on whatever it is. */
export const noticeErrorKinds = {
  NOTIFY_FAILED: {
    retryable: true,
    meaning: 'A webhook could not be told: it cannot be reached, or answered that it cannot take more now.',
    fix: 'Nothing: it is tried for two days. If it stays, look at the webhook under [notify] and the way to it.',
  },
  NOTIFY_REFUSED: {
    retryable: false,
    meaning:
      'A webhook answered that it will not take the message, its URL is none that may be used, or its secret is empty.',
    fix: 'Correct url, secret or kind under [notify] in dmsa.toml; the message names the webhook and its answer.',
  },
} as const satisfies Record<string, ErrorKind>;
