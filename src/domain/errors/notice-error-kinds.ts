import type { ErrorKind } from './error-kind.ts';

/** What can become of telling people; a migration goes on whatever it is. */
export const noticeErrorKinds = {
  NOTIFY_FAILED: {
    retryable: true,
    meaning: 'A webhook could not be told: it cannot be reached, or answered that it cannot take more now.',
    fix: 'No action is needed at first: it is tried for two days. If it stays, check url and secret of the webhook under [notify], and the way to it.',
  },
  NOTIFY_REFUSED: {
    retryable: false,
    meaning: 'A webhook answered that it will not take the message, or its URL is none that may be used.',
    fix: 'Correct url, secret or kind of the webhook under [notify] in dmsa.toml.',
  },
  WEBHOOK_UNKNOWN: {
    retryable: false,
    meaning: 'The worker that was to tell a webhook has none of that name in its settings.',
    fix: 'Give every worker of the task queue the same tables under [notify] in dmsa.toml.',
  },
} as const satisfies Record<string, ErrorKind>;
