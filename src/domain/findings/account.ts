import type { FindingKind } from './kind.ts';

/** Of the account that is to be superseded. */
export const accountFindings = {
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
    fix: 'Use the dMSA that the evidence names: nothing is left to migrate.',
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
} as const satisfies Record<string, FindingKind>;
