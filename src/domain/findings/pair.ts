import type { FindingKind } from './kind.ts';

/** Of the dMSA, and of the two that are linked. */
export const pairFindings = {
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
} as const satisfies Record<string, FindingKind>;
