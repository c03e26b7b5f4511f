import type { FindingKind } from './kind.ts';

/** Of the forest and its domain controllers. */
export const domainFindings = {
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
    fix: 'Remove the cause of each failure that repadmin /showrepl lists; a migration does not go on while replication is broken.',
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
} as const satisfies Record<string, FindingKind>;
