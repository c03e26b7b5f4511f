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
  KDS_KEY_MISSING: {
    severity: 'block',
    meaning: 'The forest has no KDS root key, so no managed password can be derived.',
    fix: 'Run Add-KdsRootKey and wait 10 hours for it to become effective; do not backdate it.',
  },
  KDS_KEY_NOT_EFFECTIVE: {
    severity: 'block',
    meaning: 'Every KDS root key becomes effective in the future.',
    fix: 'Wait until the effective time named in the evidence; do not backdate the key.',
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
  PRINCIPAL_UNKNOWN: {
    severity: 'warn',
    meaning: 'A principal that is no known host of the account may retrieve the managed password.',
    fix: 'Find out what it is; a person has to allow it by signal before completion.',
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
