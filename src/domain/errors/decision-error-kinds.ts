import type { ErrorKind } from './error-kinds.ts';

/** What people decide, and what becomes of what they ask for. */
export const decisionErrorKinds = {
  // Decisions of people
  GATE_REJECTED: { retryable: false, meaning: 'An approver said no.', fix: 'Read the reason of the vote.' },
  GATE_EXPIRED: {
    retryable: false,
    meaning: 'The gate expired before enough approvers said yes.',
    fix: 'Plan again when the approvers have time.',
  },
  UNDO_REQUESTED: { retryable: false, meaning: 'Someone asked to undo.', fix: 'Nothing.' },
  CANCELLED: { retryable: false, meaning: 'The workflow was cancelled, which means undo.', fix: 'Nothing.' },
  // The command line
  NO_WORKER: {
    retryable: true,
    meaning: 'No worker answers for the migration.',
    fix: 'Start one with dmsa worker, on the same task queue.',
  },
  MIGRATION_NOT_FOUND: {
    retryable: false,
    meaning: 'There is no migration of that id or account.',
    fix: 'Look at dmsa list --all.',
  },
  MIGRATION_RUNNING: {
    retryable: false,
    meaning: 'A migration of this account is running already.',
    fix: 'Look at it with dmsa status; let it end, or undo it.',
  },
  MIGRATION_ENDED: {
    retryable: false,
    meaning: 'The migration has ended: nothing can be asked of it any more.',
    fix: 'Look at how it ended with dmsa status.',
  },
  GATE_NOT_OPEN: {
    retryable: false,
    meaning: 'No gate of the migration is open for votes.',
    fix: 'Look at what it waits for with dmsa status.',
  },
  VOTE_REFUSED: {
    retryable: false,
    meaning: 'The vote does not count; where it was sent, it is recorded with that.',
    fix: 'The message names the rule; look at the gate again with dmsa status.',
  },
  PLAN_DRIFTED: {
    retryable: false,
    meaning: 'Directory or hosts are not any more as they were when the plan was made.',
    fix: 'Look at the differences that the message names, and plan again.',
  },
  APPROVAL_MISSING: {
    retryable: false,
    meaning:
      'The votes that this change needs are not there, or not signed by keys that the plan and the worker know.',
    fix: 'Make the plan with --approver-keys of the keys that the worker has under approver-keys-file, and vote with --key.',
  },
  SIGNAL_REFUSED: {
    retryable: false,
    meaning: 'What was asked of the migration was recorded, and nothing was done about it.',
    fix: 'The message names the reason; look at where the migration stands with dmsa status.',
  },
} as const satisfies Record<string, ErrorKind>;
