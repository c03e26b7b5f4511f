import type { ErrorKind } from './error-kind.ts';

/** Services on a host, and the host around them. */
export const serviceErrorKinds = {
  SERVICE_NOT_FOUND: {
    retryable: false,
    meaning: 'The service or application pool is not on the host.',
    fix: 'Find out who removed it. Put it back and run dmsa retry with the host, or leave the host out with dmsa skip.',
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
  SERVICE_ACCOUNT_CHANGED: {
    retryable: false,
    meaning: 'A service no longer logs on as the account that it had when the plan was made.',
    fix: 'Find out who changed it, set the account back on the host, then run dmsa retry with the host.',
  },
  SERVICE_BUSY: {
    retryable: true,
    meaning: 'The service manager is still stopping the service (0x80070425).',
    fix: 'No action is needed at first: it is tried again. If it stays, end the process of the service on the host.',
  },
  SERVICE_DISABLED: {
    retryable: false,
    meaning: 'The service is disabled, or a service that it depends on is (1058).',
    fix: 'Set the start mode of both in the service manager, then run dmsa retry or dmsa skip with the host.',
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
    fix: 'Look at the service on the host; then run dmsa retry or dmsa skip with the host.',
  },
  POLICY_FROM_GROUP_POLICY: {
    retryable: false,
    meaning:
      'A group policy delivers another value of DelegatedMSAEnabled: it would come back after a change.',
    fix: 'Change that group policy, then run dmsa plan again, or dmsa retry if the undo waits for it.',
  },
  HOST_NOT_BACK: {
    retryable: false,
    meaning: 'The host was told to reboot and has not come back in its time.',
    fix: 'Look at its console; when it is up, run dmsa retry or dmsa skip with the host.',
  },
  TOO_MANY_FAILURES: {
    retryable: false,
    meaning: 'More hosts failed than the plan allows.',
    fix: 'Fix what dmsa status shows for each failed host, then run dmsa plan again.',
  },
} as const satisfies Record<string, ErrorKind>;
