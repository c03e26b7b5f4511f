import type { Directory } from '../directory/directory.ts';
import { texts, values } from '../directory/entry.ts';
import { findPrincipal } from '../directory/names/find-principal.ts';
import { accountAttributes, accountFacts } from '../directory/read/read-account.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { AccountFacts } from '../domain/facts/facts.ts';
import { type Finding, finding } from '../domain/findings/findings.ts';
import type { DomainNames } from '../domain/plan/identity.ts';

/** The account, or the finding that says why there is none. */
export type FoundAccount = { account: AccountFacts; finding: null } | { account: null; finding: Finding };

/**
 * The account by DN, GUID, SID, sAMAccountName, UPN or DOMAIN\name. What is no user is found too: what that means is
 * preflight's to say. Throws ARGUMENT_INVALID for what looks like a DN or a SID and is none, for an object that is no
 * account, and for a name that several objects answer to.
 */
export async function findAccount(
  directory: Directory,
  written: string,
  domain: DomainNames,
): Promise<FoundAccount> {
  const options = { attributes: accountAttributes, domain, field: 'account' };
  const found = await findPrincipal(directory, written, options);
  if (found.status === 'in-other-domain') return missing('ACCOUNT_IN_OTHER_DOMAIN', written, found.why);
  if (found.status === 'not-found') return missing('ACCOUNT_NOT_FOUND', written, found.why);
  const { entry } = found;
  if (texts(entry, 'objectClass').some((name) => name.toLowerCase() === 'foreignsecurityprincipal')) {
    // Its SID stands for an object of a domain outside of the forest (MS-ADTS 6.1.6.8).
    return missing('ACCOUNT_NOT_FOUND', written, `${entry.dn} stands for an account of another forest`);
  }
  if (values(entry, 'objectSid').length === 0) {
    const message = `account: ${entry.dn} is no account: write the name of the user account that the services log on with`;
    throw new DmsaError('ARGUMENT_INVALID', 'account', message);
  }
  return { account: accountFacts(entry), finding: null };
}

function missing(code: Finding['code'], written: string, why: string): FoundAccount {
  return { account: null, finding: finding(code, written, why) };
}
