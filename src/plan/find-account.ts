import type { Directory } from '../directory/directory.ts';
import { parseDn } from '../directory/dn.ts';
import { values } from '../directory/entry.ts';
import { either, equals } from '../directory/filters.ts';
import { accountAttributes, accountFacts } from '../directory/read-account.ts';
import { DmsaError } from '../domain/errors.ts';
import type { AccountFacts } from '../domain/facts.ts';
import { type DomainNames, normalIdentity } from '../domain/identity.ts';

const guidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const sidPattern = /^S-1-\d+(-\d+)+$/i;

/**
 * The account by DN, GUID, SID, sAMAccountName, UPN or DOMAIN\name, in one search; null where there is none, and where
 * the name is one of another domain or of a computer. Throws PLAN_INVALID for what looks like a DN or a SID and is
 * none, for an object that is no account, and for a name that several objects answer to.
 */
export async function findAccount(
  directory: Directory,
  written: string,
  domain: DomainNames,
): Promise<AccountFacts | null> {
  const name = written.trim();
  const filter = filterFor(name, domain);
  if (filter === null) return null;
  const found = await directory.search(directory.baseDn, {
    scope: 'sub',
    filter,
    attributes: accountAttributes,
  });
  if (found.length > 1)
    throw invalid(`${found.length} objects answer to "${name}": write the DN of the one that is meant`);
  const [entry] = found;
  if (!entry) return null;
  if (values(entry, 'objectSid').length === 0) {
    throw invalid(
      `${entry.dn} is no account: write the name of the user account that the services log on with`,
    );
  }
  return accountFacts(entry);
}

/** Null where the name cannot be one of this domain. */
function filterFor(name: string, domain: DomainNames): string | null {
  if (guidPattern.test(name)) return equals.guid('objectGUID', name);
  if (sidPattern.test(name)) return written('S-1-5-21-…', () => equals.sid('objectSid', name.toUpperCase()));
  if (name.includes('=')) {
    return written('RFC 4514 has it', () => {
      parseDn(name);
      return equals.text('distinguishedName', name);
    });
  }
  const identity = normalIdentity(name, domain);
  const ending = `@${domain.dnsName.toLowerCase()}`;
  const own = identity?.endsWith(ending)
    ? equals.text('sAMAccountName', identity.slice(0, -ending.length))
    : null;
  if (name.includes('\\') || !name.includes('@')) return own;
  // An account logs on as sAMAccountName@domain whatever UPN was written for it (MS-ADTS 5.1.1.1.1).
  const principalName = equals.text('userPrincipalName', name);
  return own ? either(principalName, own) : principalName;
}

function written(form: string, filter: () => string): string {
  try {
    return filter();
  } catch (error) {
    throw invalid(`${error instanceof Error ? error.message : error}: write it as ${form}`);
  }
}

function invalid(what: string): DmsaError {
  return new DmsaError('PLAN_INVALID', 'account', `account: ${what}`);
}
