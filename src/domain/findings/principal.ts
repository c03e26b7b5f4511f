import type { FindingKind } from './kind.ts';

/** Of the principals allowed to retrieve the managed password. */
export const principalFindings = {
  PRINCIPAL_UNKNOWN: {
    severity: 'warn',
    meaning: 'A principal that is no known host of the account may retrieve the managed password.',
    fix: 'Find out what it is, then allow it with dmsa allow, or take it out of msDS-GroupMSAMembership.',
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
    fix: 'Restart a new member of the group, or wait up to 10 hours: it counts once its ticket carries the group.',
  },
  PRINCIPAL_MISSING: {
    severity: 'warn',
    meaning: 'A host of the plan is not among the principals.',
    fix: 'Restart a service of the account there and look for events 307 and 308.',
  },
} as const satisfies Record<string, FindingKind>;
