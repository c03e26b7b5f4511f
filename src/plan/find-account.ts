import type { Directory } from '../directory/directory.ts';
import { parseDn } from '../directory/dn.ts';
import { equals } from '../directory/filters.ts';
import { accountAttributes, accountFacts } from '../directory/read-account.ts';
import { DmsaError } from '../domain/errors.ts';
import type { AccountFacts } from '../domain/facts.ts';

const guidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const sidPattern = /^S-1-\d+(-\d+)+$/i;

/**
 * The account by DN, GUID, SID, sAMAccountName, UPN or DOMAIN\name, in one search; null where there is none.
 * Throws PLAN_INVALID for what looks like a DN and is none, and for a name that several objects answer to.
 */
export async function findAccount(directory: Directory, written: string): Promise<AccountFacts | null> {
  const name = written.trim();
  const found = await directory.search(directory.baseDn, {
    scope: 'sub',
    filter: filterFor(name),
    attributes: accountAttributes,
  });
  if (found.length > 1) {
    const message = `account: ${found.length} objects answer to "${name}": write the DN of the one that is meant`;
    throw new DmsaError('PLAN_INVALID', 'account', message);
  }
  return found[0] ? accountFacts(found[0]) : null;
}

function filterFor(name: string): string {
  if (guidPattern.test(name)) return equals.guid('objectGUID', name);
  if (sidPattern.test(name)) return equals.sid('objectSid', name.toUpperCase());
  if (name.includes('=')) return equals.text('distinguishedName', checkedDn(name));
  const slash = name.indexOf('\\');
  if (slash >= 0) return equals.text('sAMAccountName', name.slice(slash + 1));
  return equals.text(name.includes('@') ? 'userPrincipalName' : 'sAMAccountName', name);
}

function checkedDn(dn: string): string {
  try {
    parseDn(dn);
    return dn;
  } catch (error) {
    const message = `account: ${error instanceof Error ? error.message : error}: write it as RFC 4514 has it`;
    throw new DmsaError('PLAN_INVALID', 'account', message);
  }
}
