import type { ErrorKind } from './error-kind.ts';

/** The migration's own rules about plan, names, links and states. */
export const migrationErrorKinds = {
  PLAN_INVALID: {
    retryable: false,
    refused: true,
    meaning: 'A saved plan is not one that this version reads, or a field of it is not acceptable.',
    fix: 'Make the plan again with dmsa plan --out; do not edit the file.',
  },
  PLAN_EDITED: {
    retryable: false,
    refused: true,
    meaning: 'The plan does not have the hash that it carries: it was edited after it was made.',
    fix: 'Make it again with dmsa plan.',
  },
  PLAN_DRIFTED: {
    retryable: false,
    refused: true,
    meaning: 'Directory or hosts are no longer as they were when the plan was made.',
    fix: 'Check the differences in the message, then run dmsa plan again.',
  },
  DRIFTED_SINCE_START: {
    retryable: false,
    meaning:
      'Directory or hosts changed after gate "start" was passed and before the link was made; hosts may be prepared.',
    fix: 'Check the differences in the message. When dmsa status shows that all is undone, run dmsa plan again.',
  },
  START_INVALID: {
    retryable: false,
    refused: true,
    meaning: 'The workflow has another id than its plan needs, or no plan in its input.',
    fix: 'Start migrations with dmsa start, never with Temporal\u2019s own tools.',
  },
  NAME_LOCKED: {
    retryable: false,
    refused: true,
    meaning: 'Another running migration uses this dMSA name.',
    fix: 'Wait for it to end, or choose another name.',
  },
  PREFLIGHT_BLOCKED: {
    retryable: false,
    refused: true,
    meaning: 'Preflight found something that blocks.',
    fix: 'Fix the blocking findings, then run dmsa plan again; docs/findings.md says how for each.',
  },
  DMSA_NAME_TAKEN: {
    retryable: false,
    refused: true,
    meaning: 'Another object has the name of the dMSA, and this migration did not create it.',
    fix: 'Find out who created it, or choose another name with --dmsa.',
  },
  DMSA_NOT_OURS: {
    retryable: false,
    meaning: 'The dMSA does not carry the mark of this migration, so it is not removed.',
    fix: 'Compare its description with the journal, then remove it by hand if it is not needed.',
  },
  LINK_FOREIGN: {
    retryable: false,
    meaning: 'A link exists that this migration did not make.',
    fix: 'Find out who made it (event 3085 on the domain controller), then undo it.',
  },
  LINK_UNPROVEN: {
    retryable: false,
    meaning: 'The accounts are linked, and no event 3085 proves that this migration did it.',
    fix: 'Decide whose link it is: undo it by hand, then run dmsa retry.',
  },
  STATE_UNEXPECTED: {
    retryable: false,
    meaning: 'The two objects are not in the state that this step starts from.',
    fix: 'Compare both objects with the report; someone else may be migrating the account.',
  },
  STATE_NOT_VERIFIED: {
    retryable: true,
    meaning: 'The cmdlet reported success, and the LDAP read of both objects does not agree yet.',
    fix: 'No action is needed at first: both are read again. If it stays, check the replication between the domain controllers.',
  },
  COMPLETION_DIFFERS: {
    retryable: false,
    meaning: 'After the soak, directory or hosts are not as the completed migration left them.',
    fix: 'Compare each deviation in the message with the host or with dmsa audit, and put it right by hand.',
  },
  PRINCIPAL_MISSING: {
    retryable: false,
    meaning: 'A host did not join the principals in its time.',
    fix: 'Check policy, build and events 307 and 308 on that host.',
  },
  RESTORE_DIFFERS: {
    retryable: false,
    meaning: 'After undoing, directory or hosts are not as they were before.',
    fix: 'Restore by hand each difference in the message, then run dmsa retry; or accept them with dmsa retry --accept.',
  },
  RECORDS_UNWRITABLE: {
    retryable: true,
    meaning: 'A line of the journal or another record cannot be written, so nothing is changed.',
    fix: 'Give the user of the worker the folder of [records] in dmsa.toml (EACCES), or free space on its disk (ENOSPC).',
  },
  NOT_DUE: {
    retryable: true,
    meaning: 'What is waited for has not happened yet; the activity fails with its own next delay.',
    fix: 'No action is needed.',
  },
} as const satisfies Record<string, ErrorKind>;
