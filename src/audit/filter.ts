import { normalDn, sameDn } from '../directory/dn.ts';
import { DmsaError } from '../domain/errors.ts';
import { type DomainNames, normalIdentity } from '../domain/identity.ts';
import type { AuditedAccount, AuditedDmsa } from './facts.ts';
import type { Pair } from './pairs.ts';

/** What of the domain is wanted; null for all of it. What is given has to hold together. */
export interface AuditFilter {
  /** A name, DOMAIN\name, UPN, DN, GUID or SID. */
  account: string | null;
  /** The same, with its `$` or without. */
  dmsa: string | null;
  /** DN of the container that the account or the dMSA is in, at whatever depth. */
  ou: string | null;
}

export type AuditScope = AuditFilter & { ouDn: string | null };

/** Throws PLAN_INVALID for an OU that is no DN. */
export function checkScope(filter: AuditFilter): AuditScope {
  try {
    return { ...filter, ouDn: filter.ou === null ? null : normalDn(filter.ou) };
  } catch (cause) {
    throw new DmsaError('PLAN_INVALID', '--ou', `--ou: "${filter.ou}" is not a DN: write OU=Services,DC=…`, {
      cause,
    });
  }
}

export function isWithin({ account, dmsa }: Pair, scope: AuditScope, domain: DomainNames): boolean {
  return (
    (scope.account === null || isCalled(account, scope.account, domain)) &&
    (scope.dmsa === null || isCalled(dmsa, scope.dmsa, domain)) &&
    (scope.ouDn === null || [account, dmsa].some((each) => each !== null && isBelow(each.dn, scope.ouDn!)))
  );
}

function isCalled(object: AuditedAccount | AuditedDmsa | null, name: string, domain: DomainNames): boolean {
  if (object === null) return false;
  if (object.guid === name.replace(/[{}]/g, '').toLowerCase()) return true;
  if ('sid' in object && object.sid === name.toUpperCase()) return true;
  if ('userPrincipalName' in object && object.userPrincipalName?.toLowerCase() === name.toLowerCase())
    return true;
  if (name.includes('=')) return isDn(name) && sameDn(object.dn, name);
  const wanted = normalIdentity(name, domain)?.replace(/\$(?=@)/, '');
  return wanted === normalIdentity(object.samAccountName, domain)?.replace(/\$(?=@)/, '');
}

function isBelow(dn: string, container: string): boolean {
  const normal = normalDn(dn);
  return normal === container || normal.endsWith(`,${container}`);
}

function isDn(text: string): boolean {
  try {
    return normalDn(text) !== '';
  } catch {
    return false;
  }
}
