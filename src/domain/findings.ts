/** `block` stops a migration, `warn` is shown to whoever votes, `info` explains. */
export type Severity = 'block' | 'warn' | 'info';

/** Something that preflight or observation saw, with what to do about it. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** A DN, a host name or a principal's SID. */
  subject: string;
  evidence: string;
  fix: string;
}

interface FindingKind {
  severity: Severity;
  meaning: string;
  fix: string;
}

/** Every finding there is. `docs/findings.md` is held equal to this table by a test. */
export const findingKinds = {
  SCHEMA_LACKS_DMSA: {
    severity: 'block',
    meaning: 'The forest schema has no class msDS-DelegatedManagedServiceAccount.',
    fix: 'Extend the schema with adprep of Windows Server 2025 and promote a Windows Server 2025 DC.',
  },
  NO_WS2025_DC: {
    severity: 'block',
    meaning:
      'No writable domain controller runs Windows Server 2025; extending the schema alone is not enough.',
    fix: 'Promote a writable Windows Server 2025 domain controller that the hosts can discover.',
  },
  SITE_ONLY_RODC: {
    severity: 'info',
    meaning:
      'A site of the domain has only read-only domain controllers: hosts there cannot join the principals.',
    fix: 'Let its hosts in with Set-ADServiceAccount, keeping those already allowed, and let the RODC cache the dMSA.',
  },
  REPLICATION_FAILING: {
    severity: 'block',
    meaning:
      'A domain controller has not replicated from a partner for longer than a ticket lifetime of 10 hours.',
    fix: 'Mend what repadmin /showrepl names; a migration does not go on while replication is broken.',
  },
  REPLICATION_LAGGING: {
    severity: 'warn',
    meaning: 'A domain controller has an older state of the accounts than the one that is read from.',
    fix: 'Wait for replication between the two; the evidence names what differs.',
  },
  KDS_KEY_MISSING: {
    severity: 'block',
    meaning: 'The forest has no KDS root key, or none whose effective time the reader may see.',
    fix: 'Run Add-KdsRootKey and wait 10 hours for it to become effective; where it cannot be read, see docs/rights.md.',
  },
  KDS_KEY_NOT_EFFECTIVE: {
    severity: 'block',
    meaning: 'Every KDS root key becomes effective in the future.',
    fix: 'Wait until the time named in the evidence, or plan with --wait-for-kds; do not backdate the key.',
  },
  ACCOUNT_NOT_FOUND: {
    severity: 'block',
    meaning: 'The superseded account is not in the directory.',
    fix: 'Check the name: a DN, GUID, SID, sAMAccountName, UPN or DOMAIN\\name is accepted.',
  },
  ACCOUNT_NOT_A_USER: {
    severity: 'block',
    meaning: 'Only a plain user account can be superseded; computers and managed accounts cannot.',
    fix: 'Name the user account that the services log on with.',
  },
  ACCOUNT_IN_OTHER_DOMAIN: {
    severity: 'block',
    meaning: 'The account is one of another domain of the forest.',
    fix: 'Name domain controllers of that domain under [directory] in dmsa.toml.',
  },
  ACCOUNT_PRIVILEGED: {
    severity: 'block',
    meaning:
      'The account is privileged; superseding it would hand its rights to every principal of the dMSA.',
    fix: 'Move the services to an unprivileged account first.',
  },
  ACCOUNT_ALREADY_SUPERSEDED: {
    severity: 'block',
    meaning: 'The account already has a completed migration.',
    fix: 'Nothing is left to migrate; use the dMSA that the evidence names.',
  },
  ACCOUNT_DISABLED: {
    severity: 'block',
    meaning: 'The account is disabled, so its services cannot log on and the hosts cannot join.',
    fix: 'Enable the account, or drop the migration if nothing uses it.',
  },
  UNCONSTRAINED_DELEGATION: {
    severity: 'warn',
    meaning: 'The account is trusted for unconstrained delegation, which stops working after completion.',
    fix: 'Configure constrained delegation before completion.',
  },
  ACCOUNT_EXPIRED: {
    severity: 'block',
    meaning: 'The account has expired, so its services cannot log on and the hosts cannot join.',
    fix: 'Clear accountExpires, or drop the migration if nothing uses the account.',
  },
  CONSTRAINED_DELEGATION: {
    severity: 'info',
    meaning:
      'The account may delegate to some services, or some may act for others on it; Complete moves this to the dMSA.',
    fix: 'Check after completion that the services named in the evidence are still reached.',
  },
  ACCOUNT_FLAGS_NOT_COPIED: {
    severity: 'warn',
    meaning: 'userAccountControl has flags that Complete does not copy to the dMSA.',
    fix: 'Decide whether the services need what the evidence names; a dMSA will not have it.',
  },
  ACCOUNT_ENCRYPTION_WEAK: {
    severity: 'warn',
    meaning: 'The account is restricted to encryption types without AES, and a dMSA uses AES.',
    fix: 'Check that whatever speaks Kerberos with these services can use AES256.',
  },
  AUTHENTICATION_POLICY_ASSIGNED: {
    severity: 'info',
    meaning: 'The account has an authentication policy or silo; Complete assigns it to the dMSA.',
    fix: 'Check that the policy allows the hosts of the plan.',
  },
  SPN_DUPLICATE: {
    severity: 'warn',
    meaning:
      'Another object has a service principal name of the account, so Kerberos cannot tell them apart.',
    fix: 'Remove the name where it does not belong (setspn -X lists duplicates); Complete moves the others to the dMSA.',
  },
  DMSA_NAME_TAKEN: {
    severity: 'block',
    meaning: 'The dMSA name belongs to another object.',
    fix: 'Choose another name with --dmsa.',
  },
  DMSA_STATE_NOT_UNLINKED: {
    severity: 'block',
    meaning: 'The dMSA exists in a state from which no migration can start: only state 0 can be linked.',
    fix: 'Set msDS-DelegatedMSAState to 0 if it was created standalone (3) by mistake, or choose another dMSA.',
  },
  DMSA_ENCRYPTION_WEAK: {
    severity: 'warn',
    meaning: 'The dMSA is there already, and its msDS-SupportedEncryptionTypes has no AES.',
    fix: 'Set it with Set-ADServiceAccount -KerberosEncryptionType AES256 and read it back.',
  },
  LINK_ONE_SIDED: {
    severity: 'block',
    meaning: 'Only one of the two objects points at the other; the KDC refuses such a link (CVE-2025-53779).',
    fix: 'Run Reset-ADServiceAccountMigration on the pair after finding out who wrote the link.',
  },
  LINK_FOREIGN: {
    severity: 'block',
    meaning: 'A link exists that this migration did not make; it is never adopted.',
    fix: 'Find out who made it (event 3085 on the DC), then undo it with Undo-ADServiceAccountMigration.',
  },
  LINK_UNPROVEN: {
    severity: 'block',
    meaning:
      'Two objects point at each other, and neither our records nor an event 3085 knows of a Start of them.',
    fix: 'Find out who wrote the links before anyone relies on them: a forged pair looks the same as a real one.',
  },
  STATES_DIFFER: {
    severity: 'block',
    meaning: 'The two objects of a pair are in different states.',
    fix: 'Wait for replication; if it stays, run Reset-ADServiceAccountMigration on the pair and migrate again.',
  },
  STATE_WITHOUT_LINK: {
    severity: 'block',
    meaning: 'An object is in the state of a migration and points at nothing.',
    fix: 'Find out what removed the link, then run Reset-ADServiceAccountMigration.',
  },
  SUPERSEDED_ACCOUNT_DELETED: {
    severity: 'block',
    meaning:
      'The superseded account of a completed migration is deleted: its services cannot log on any more.',
    fix: 'Restore it from the Active Directory Recycle Bin; superseded does not mean removable.',
  },
  SUPERSEDED_ACCOUNT_ENABLED: {
    severity: 'block',
    meaning: 'The superseded account of a completed migration is enabled, so its old password works again.',
    fix: 'Disable it after finding out who enabled it.',
  },
  SUPERSEDED_ACCOUNT_PRIVILEGED: {
    severity: 'block',
    meaning: 'A privileged account is linked to a dMSA, whose principals have its rights.',
    fix: 'Undo the migration, and move the services to an unprivileged account.',
  },
  MIGRATION_FORGOTTEN: {
    severity: 'warn',
    meaning: 'A migration has been in its start state for more than 28 days.',
    fix: 'Complete or undo it: dmsa status tells what it waits for.',
  },
  HOST_UNREACHABLE: {
    severity: 'block',
    meaning: 'The host could not be asked.',
    fix: 'Check that its OpenSSH server runs and that its host key is known, or take it out of the plan.',
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
    fix: 'Plan again: the services of the host have changed.',
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
    fix: 'They join at their next logon; let each run once before the gate "complete".',
  },
  ACCOUNT_LOGGED_ON: {
    severity: 'warn',
    meaning: 'Processes on the host run as the account and belong to no service, task or pool.',
    fix: 'Find out who started them: what they need stops working when the account is disabled.',
  },
  PRINCIPAL_UNKNOWN: {
    severity: 'warn',
    meaning: 'A principal that is no known host of the account may retrieve the managed password.',
    fix: 'Find out what it is; a person has to allow it by signal before completion.',
  },
  PRINCIPAL_DENIED: {
    severity: 'block',
    meaning:
      'A host of the plan is refused the managed password, by itself or by a group: a refusal comes first.',
    fix: 'Take the refusal out of msDS-GroupMSAMembership, or the host out of the plan.',
  },
  PRINCIPAL_GROUP: {
    severity: 'info',
    meaning: 'Hosts of the plan may retrieve the managed password as members of a group.',
    fix: 'A new member counts once its ticket carries the group: up to 10 hours, or after a restart of the host.',
  },
  PRINCIPAL_MISSING: {
    severity: 'warn',
    meaning: 'A host of the plan is not among the principals.',
    fix: 'Restart a service of the account there and look for events 307 and 308.',
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof findingKinds;

/** A finding of a kind, about `subject`. `evidence` says what was seen, not what it means. */
export function finding(code: FindingCode, subject: string, evidence: string): Finding {
  const { severity, fix } = findingKinds[code];
  return { code, severity, subject, evidence, fix };
}

export function blocking(findings: Finding[]): Finding[] {
  return findings.filter((each) => each.severity === 'block');
}
