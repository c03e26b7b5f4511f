import type { ErrorKind } from './error-kind.ts';

/** What can be wrong with a report that is checked; spread into the table of error-kinds.ts. */
export const reportErrorKinds = {
  REPORT_INVALID: {
    retryable: false,
    refused: true,
    meaning: 'The file is no JSON report of a migration, or one of a later version.',
    fix: 'Give the file that dmsa report --format json has written; docs/report.md has its form.',
  },
  REPORT_CHANGED: {
    retryable: false,
    refused: true,
    meaning:
      'The report was changed after it was made: octets, digest, signature or plan do not fit together.',
    fix: 'Ask for the file as it was written; a copy that was formatted or edited proves nothing.',
  },
  REPORT_UNSIGNED: {
    retryable: false,
    meaning: 'The report is not signed, so nobody stands for what is in it.',
    fix: 'Set worker.signing-key-file to a key of dmsa keys new, and make the report again.',
  },
  REPORT_KEY_UNKNOWN: {
    retryable: false,
    meaning: 'The report is intact and signed by a key that nobody vouches for.',
    fix: 'Get the public key of the worker from whoever runs it, and name its file with --key.',
  },
  REPORT_KEY_OTHER: {
    retryable: false,
    meaning: 'The report is signed by another key that has the name of the expected one.',
    fix: 'Ask whoever runs the worker whether its key was replaced; if not, the report is forged.',
  },
  REPORT_VOTE_INVALID: {
    retryable: false,
    meaning: 'A vote in the report does not bear the signature that the plan asks for.',
    fix: 'Do not take the vote for given; ask the approver.',
  },
} as const satisfies Record<string, ErrorKind>;
