import type { FindingKind } from './kind.ts';

/** Of a host and of what logs on there. */
export const hostFindings = {
  HOST_UNREACHABLE: {
    severity: 'block',
    meaning: 'The host could not be asked; the evidence begins with the code of the error.',
    fix: 'Do what docs/errors.md says for the code of the evidence, or take the host out of the plan.',
  },
  HOST_KEY_MISMATCH: {
    severity: 'block',
    meaning:
      'Possible interception: the host presented another key than known_hosts or dmsa.toml has for it, or could not prove that it holds its key.',
    fix: 'Compare the fingerprint with ssh-keygen -lf on the console of the host. Do not just delete the line in known_hosts: replace it only if the fingerprint is that of the host; if it is not, find out who answers in its place.',
  },
  HOST_KEY_UNKNOWN: {
    severity: 'block',
    meaning: 'Neither known_hosts nor dmsa.toml has a key of the host, so it was not asked.',
    fix: 'Collect its key with ssh-keyscan, compare the fingerprint with ssh-keygen -lf on the console of the host, and add it to known_hosts, or as fingerprint under [hosts].',
  },
  LOGIN_REFUSED: {
    severity: 'block',
    meaning: 'The host, or the jump host before it, refused the login of the worker.',
    fix: 'By SSH, check user, key or password under [powershell] in dmsa.toml and authorized_keys on the host. By WinRM, check that the identity of the worker is an administrator of the host, or in RoleDefinitions of the session configuration.',
  },
  HOST_TOO_OLD: {
    severity: 'block',
    meaning: 'A build below 26100 fails to authenticate as soon as the superseded account is disabled.',
    fix: 'Upgrade the host to Windows Server 2025 or Windows 11 24H2.',
  },
  HOST_IS_DC: {
    severity: 'block',
    meaning: 'The host is a domain controller.',
    fix: 'Move the service to a member server.',
  },
  HOST_REBOOT_PENDING: {
    severity: 'warn',
    meaning: 'The host waits for a reboot; some builds read the policy only after one.',
    fix: 'Reboot it in its maintenance window before the services are restarted.',
  },
  HOST_HAS_NO_SERVICE: {
    severity: 'warn',
    meaning: 'No service on the host logs on as the account.',
    fix: 'Take the host out of the plan, or check the StartName of its services.',
  },
  SERVICE_MISSING: {
    severity: 'block',
    meaning: 'A service named in the plan is not on the host, or does not log on as the account.',
    fix: 'Run dmsa plan again: the services of the host have changed.',
  },
  SERVICE_UNPLANNED: {
    severity: 'block',
    meaning:
      'Votes are signed for a plan that does not name a service or an application pool of the account that is on the host.',
    fix: 'Run dmsa plan again, so that it is voted on and restarted, too.',
  },
  SERVICE_NOT_RUNNING: {
    severity: 'info',
    meaning: 'A service of the account is stopped; it stays stopped and joins at its next start.',
    fix: 'Start it before the migration if it should join now.',
  },
  SERVICE_CLUSTERED: {
    severity: 'warn',
    meaning:
      'A cluster resource owns the service, so the service is left alone: the cluster would fail it over.',
    fix: 'Take the resource offline and online again in its cluster during the observation, so that the host joins.',
  },
  HOST_CLOCK_SKEWED: {
    severity: 'block',
    meaning:
      'The clock of the host differs by five minutes or more from the domain controller: Kerberos fails.',
    fix: 'Let the host synchronise its time (w32tm /resync).',
  },
  HOST_IN_OTHER_DOMAIN: {
    severity: 'warn',
    meaning: 'The host is a member of another domain than the account.',
    fix: 'Check that a writable Windows Server 2025 domain controller of the account\u2019s domain is reachable from it.',
  },
  HOST_NOT_REBOOTED: {
    severity: 'info',
    meaning: 'The host has not booted since its policy value was set; some builds read it only then.',
    fix: 'Reboot it in its maintenance window if its services fail to log on; a plan can do it (--reboot).',
  },
  HOST_NOT_READ_WHOLLY: {
    severity: 'warn',
    meaning: 'Some of what a host has could not be read, so that nothing is known of it.',
    fix: 'Grant the right named in docs/rights.md, or look at the host by hand.',
  },
  POLICY_BY_GROUP_POLICY: {
    severity: 'info',
    meaning: 'A group policy enables dMSA logons on the host; the value is left to it.',
    fix: 'Keep the group policy in place for as long as the dMSA is used.',
  },
  POLICY_FROM_GROUP_POLICY: {
    severity: 'block',
    meaning: 'A group policy forbids dMSA logons on the host, and would come back after a local change.',
    fix: 'Change the group policy that the evidence names, or move the host out of its scope.',
  },
  LOGON_RIGHT_MISSING: {
    severity: 'warn',
    meaning: 'The account is not named among those that may log on as a service on the host.',
    fix: 'Check that a group gives it the right; without it services fail with 1069 or 1297.',
  },
  JOINS_AT_NEXT_LOGON: {
    severity: 'info',
    meaning:
      'Scheduled tasks or COM+ applications of the host log on as the account: they are not restarted.',
    fix: 'Let each run once before the gate "complete": they join at their next logon.',
  },
  ACCOUNT_LOGGED_ON: {
    severity: 'warn',
    meaning: 'Processes on the host run as the account and belong to no service, task or pool.',
    fix: 'Find out who started them: what they need stops working when the account is disabled.',
  },
} as const satisfies Record<string, FindingKind>;
