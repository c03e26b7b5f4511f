import type { FindingKind } from './kind.ts';

/** Of those who ask and decide. */
export const peopleFindings = {
  PERSON_UNKNOWN: {
    severity: 'warn',
    meaning:
      'The directory has no account for a name of who asks or may vote: names of theirs are compared by spelling alone.',
    fix: 'Write DOMAIN\\name of an account in the domain; people of another forest cannot be looked up.',
  },
} as const satisfies Record<string, FindingKind>;
