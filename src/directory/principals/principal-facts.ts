import { createHash } from 'node:crypto';

import type { DmsaFacts } from '../../domain/facts/facts.ts';
import { accessRules, areOnlyGrants, grantees } from '../security/access.ts';
import { decodeSecurityDescriptor, type SecurityDescriptor } from '../security/security-descriptor.ts';

/**
 * Reads from `msDS-GroupMSAMembership` who may retrieve the managed password, by SID; nobody where it is absent.
 * Throws a RangeError for octets that are no security descriptor, unless the caller has decoded them.
 */
export function principalFacts(
  descriptor: Buffer | null,
  decoded: SecurityDescriptor | null = descriptor && decodeSecurityDescriptor(descriptor),
): Pick<DmsaFacts, 'principals' | 'accessRules' | 'principalsDigest'> {
  if (!descriptor || !decoded) return { principals: [], principalsDigest: null };
  const rules = accessRules(decoded);
  return {
    principals: grantees(rules).map((each) => ({ ...each, name: null, kind: 'unknown' })),
    principalsDigest: createHash('sha256').update(descriptor).digest('hex'),
    ...(!areOnlyGrants(rules) && { accessRules: rules }),
  };
}
