import type { ErrorKind } from './error-kind.ts';

/** Decisions of people, and what becomes of what they send to a migration. */
export const decisionErrorKinds = {
  GATE_REJECTED: {
    retryable: false,
    meaning: 'An approver said no.',
    fix: 'Read the reason of the vote in dmsa status, and ask the approver.',
  },
  GATE_EXPIRED: {
    retryable: false,
    meaning: 'The gate expired before enough approvers said yes.',
    fix: 'Run dmsa plan again when the approvers have time.',
  },
  UNDO_REQUESTED: { retryable: false, meaning: 'Someone asked to undo.', fix: 'No action is needed.' },
  CANCELLED: {
    retryable: false,
    meaning: 'The workflow was cancelled, which means undo.',
    fix: 'No action is needed.',
  },
  GATE_NOT_OPEN: {
    retryable: false,
    refused: true,
    meaning: 'The gate that the vote is for is not open, or still reads its evidence.',
    fix: 'Look at what it waits for with dmsa status.',
  },
  VOTE_REFUSED: {
    retryable: false,
    refused: true,
    meaning: 'The vote does not count; where it was sent, it is recorded with that.',
    fix: 'Compare gate, hash and approvers with dmsa status, then vote again if the gate still waits for you.',
  },
  VOTE_KEY_MISSING: {
    retryable: false,
    refused: true,
    meaning: 'The migration takes signed votes only, and no private key was given.',
    fix: 'Give your private key with --key, or set key-file under [vote] in dmsa.toml; dmsa keys new makes one.',
  },
  STATUS_FORGED: {
    retryable: false,
    refused: true,
    meaning: 'What the migration says of its plan is not what Temporal has of its start: nothing was signed.',
    fix: 'Do not vote. Find out in Temporal who started this workflow and which worker answers for it.',
  },
  APPROVAL_MISSING: {
    retryable: false,
    meaning:
      'The votes that this change needs are not there, or not signed by keys that the plan and the worker know.',
    fix: 'Make the plan with --approver-keys of the keys that the worker has under approver-keys-file, and vote with --key.',
  },
  SIGNAL_REFUSED: {
    retryable: false,
    refused: true,
    meaning: 'What was asked of the migration was recorded, and nothing was done about it.',
    fix: 'Look at where the migration stands with dmsa status, and ask for what is possible there.',
  },
} as const satisfies Record<string, ErrorKind>;
