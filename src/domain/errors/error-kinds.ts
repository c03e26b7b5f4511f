import { decisionErrorKinds } from './decision-error-kinds.ts';
import { directoryErrorKinds } from './directory-error-kinds.ts';
import { noticeErrorKinds } from './notice-error-kinds.ts';
import { payloadErrorKinds } from './payload-error-kinds.ts';
import { reportErrorKinds } from './report-error-kinds.ts';

/**
 * The one table of failures: what each code means, what to do, and whether trying again can help.
 * Activities turn a `DmsaError` into Temporal's `ApplicationFailure` of the same type; `retryable` decides there.
 * `docs/errors.md` is held equal to this table by a test.
 */
export interface ErrorKind {
  retryable: boolean;
  meaning: string;
  fix: string;
}

export const errorKinds = {
  // Ways to a host
  HOST_UNREACHABLE: {
    retryable: true,
    meaning: 'No SSH connection to the host could be made.',
    fix: 'Check that the host is up, that its OpenSSH server runs, its address under [hosts] and jump-host in dmsa.toml.',
  },
  SESSION_LOST: {
    retryable: true,
    meaning: 'The session to the host ended before its answer was whole; the effect may have happened.',
    fix: 'Nothing: the retry reads first and finds out.',
  },
  TIMED_OUT: {
    retryable: true,
    meaning: 'The operation did not answer in its time; the effect may have happened.',
    fix: 'Nothing: the retry reads first and finds out. If it stays, look at the load of the host.',
  },
  ANSWER_INVALID: {
    retryable: true,
    meaning: 'The answer was cut short or is not the JSON that the operation promises.',
    fix: 'Run the operation by hand on the host; look for profile scripts or banners that print.',
  },
  HOST_KEY_MISMATCH: {
    retryable: false,
    meaning: 'The host key is neither in known_hosts nor a fingerprint in dmsa.toml; nothing was sent.',
    fix: 'Compare the fingerprint on the console of the host, then correct known_hosts, or fingerprint under [hosts].',
  },
  LOGIN_REFUSED: {
    retryable: false,
    meaning: 'The host, or the jump host before it, refused the login of the worker.',
    fix: 'Check user, key or password under [powershell] in dmsa.toml and authorized_keys on the host.',
  },
  ...directoryErrorKinds,
  // What PowerShell reports
  ACCESS_DENIED: {
    retryable: false,
    meaning: 'The identity of the worker may not do this.',
    fix: 'Grant the right named in docs/rights.md to the identity under [powershell].',
  },
  UNABLE_TO_PROCEED: {
    retryable: false,
    meaning: 'The domain controller refused the migration step (00002035, problem 5005).',
    fix: 'Check the state of the dMSA: Start needs 0, Complete needs 1. A dMSA in state 3 cannot be linked.',
  },
  RPC_UNAVAILABLE: {
    retryable: true,
    meaning: 'The domain controller or service manager could not be reached from the host.',
    fix: 'Check the network between the host and its domain controllers.',
  },
  CMDLET_MISSING: {
    retryable: false,
    meaning: 'The management host lacks the ActiveDirectory module of Windows Server 2025.',
    fix: 'Install RSAT-AD-PowerShell on a Windows Server 2025 management host.',
  },
  INVALID_PARAMETER: {
    retryable: false,
    meaning: 'The operation refused a parameter.',
    fix: 'The message names the parameter.',
  },
  SCRIPT_FAILED: {
    retryable: false,
    meaning: 'The operation failed with an error that no rule classifies.',
    fix: 'The message is PowerShell\u2019s own.',
  },
  // Services
  SERVICE_NOT_FOUND: {
    retryable: false,
    meaning: 'The service is not on the host.',
    fix: 'Plan again: the services of the host have changed.',
  },
  SERVICE_START_FAILED: {
    retryable: false,
    meaning: 'The service did not come back to Running in its time.',
    fix: 'Look at the System event log of the host around the restart.',
  },
  SERVICE_LOGON_FAILED: {
    retryable: false,
    meaning: 'The service could not log on (1069 or 1297).',
    fix: 'Check the policy value, the last reboot, the principals, and the right "Log on as a service".',
  },
  SERVICE_BUSY: {
    retryable: true,
    meaning: 'The service manager is still stopping the service (0x80070425).',
    fix: 'Nothing: it is tried again.',
  },
  SERVICE_DISABLED: {
    retryable: false,
    meaning: 'The service is disabled, or a service that it depends on is (1058).',
    fix: 'Set its start mode in the service manager, or take it out of the plan.',
  },
  SERVICE_DEPENDENCY_FAILED: {
    retryable: false,
    meaning: 'A service that the service depends on did not start (1068).',
    fix: 'Start that service; the System event log of the host says why it failed.',
  },
  SERVICE_CLUSTERED: {
    retryable: false,
    meaning: 'A cluster resource owns the service: restarting it behind the cluster would fail it over.',
    fix: 'Restart it in the cluster, by taking the resource offline and online.',
  },
  HEALTH_CHECK_FAILED: {
    retryable: false,
    meaning: 'A health check of the plan stayed unhealthy after the restart.',
    fix: 'Look at the service on the host; then retry the host or skip it.',
  },
  POLICY_FROM_GROUP_POLICY: {
    retryable: false,
    meaning:
      'A group policy delivers another value of DelegatedMSAEnabled: it would come back after a change.',
    fix: 'Change the group policy that the message names, then try again.',
  },
  HOST_NOT_BACK: {
    retryable: false,
    meaning: 'The host was told to reboot and has not come back in its time.',
    fix: 'Look at its console; when it is up, retry the host or skip it.',
  },
  TOO_MANY_FAILURES: {
    retryable: false,
    meaning: 'More hosts failed than the plan allows.',
    fix: 'Mend what the failed hosts name, then plan again.',
  },
  POWERSHELL_MISSING: {
    retryable: false,
    meaning: 'The host does not know powershell.exe, or may not start it.',
    fix: 'Check the default shell of its OpenSSH server, its PATH and its application control policy.',
  },
  // The migration's own rules
  PLAN_INVALID: {
    retryable: false,
    meaning: 'A field of the plan or of the settings is not acceptable.',
    fix: 'The message names the field and the accepted form.',
  },
  PLAN_EDITED: {
    retryable: false,
    meaning: 'The plan does not have the hash that it carries: it was edited after it was made.',
    fix: 'Make it again with dmsa plan.',
  },
  NAME_LOCKED: {
    retryable: false,
    meaning: 'Another running migration uses this dMSA name.',
    fix: 'Wait for it to end, or choose another name.',
  },
  PREFLIGHT_BLOCKED: {
    retryable: false,
    meaning: 'Preflight found something that blocks.',
    fix: 'Mend what the findings name, then plan again.',
  },
  DMSA_NAME_TAKEN: {
    retryable: false,
    meaning: 'An object of that name appeared that this migration did not create.',
    fix: 'Find out who created it, or choose another name.',
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
    fix: 'Decide whose link it is: undo it by hand, then send retry.',
  },
  STATE_UNEXPECTED: {
    retryable: false,
    meaning: 'The two objects are not in the state that this step starts from.',
    fix: 'Compare both objects with the report; someone else may be migrating the account.',
  },
  STATE_NOT_VERIFIED: {
    retryable: true,
    meaning: 'The cmdlet said yes, and the LDAP read of both objects does not agree yet.',
    fix: 'If it stays, check the replication between the domain controllers.',
  },
  PRINCIPAL_MISSING: {
    retryable: false,
    meaning: 'A host did not join the principals in its time.',
    fix: 'Check policy, build and events 307 and 308 on that host.',
  },
  RESTORE_DIFFERS: {
    retryable: false,
    meaning: 'After undoing, directory or hosts are not as they were before.',
    fix: 'Restore what the message names, then send retry.',
  },
  // Temporal
  TEMPORAL_UNAVAILABLE: {
    retryable: false,
    meaning: 'No Temporal server answers, and none could be started.',
    fix: 'Set TEMPORAL_ADDRESS to a running server, or put the temporal CLI on PATH, or install Go 1.25 or later.',
  },
  ...decisionErrorKinds,
  ...noticeErrorKinds,
  ...payloadErrorKinds,
  ...reportErrorKinds,
  // Waiting
  NOT_DUE: {
    retryable: true,
    meaning: 'What is waited for has not happened yet; the activity fails with its own next delay.',
    fix: 'Nothing.',
  },
} as const satisfies Record<string, ErrorKind>;
