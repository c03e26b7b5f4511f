import { isWithin, normalDn } from '../directory/dn.ts';
import {
  isDomain,
  isSameDnText,
  isSameName,
  type PrincipalName,
  parsePrincipalName,
} from '../directory/names/principal-name.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import type { DomainNames } from '../domain/plan/identity.ts';
import type { AuditedAccount, AuditedDmsa } from './facts.ts';
import type { AuditPair } from './pairs.ts';

/** Part of the domain to audit; null for all of it. All conditions have to hold together. */
export interface AuditFilter {
  /** A name, DOMAIN\name, UPN, DN, GUID or SID. */
  account: string | null;
  /** Name in the same forms, with its `$` or without. */
  dmsa: string | null;
  /** DN of the container that the account or the dMSA is in, at whatever depth. */
  ou: string | null;
}

/** A filter whose names are understood. */
export interface AuditScope {
  account: PrincipalName | null;
  dmsa: PrincipalName | null;
  /** In the form by which DNs are compared. */
  ou: string | null;
}

/** Throws ARGUMENT_INVALID for what can be the name of nothing, and for an OU that is no DN. */
export function scopeOf({ account, dmsa, ou }: AuditFilter): AuditScope {
  return {
    account: account === null ? null : nameOf(account, '--account'),
    dmsa: dmsa === null ? null : nameOf(dmsa, '--dmsa'),
    ou: ou === null ? null : containerOf(ou),
  };
}

function nameOf(written: string, option: string): PrincipalName {
  const name = parsePrincipalName(written, option);
  if (name.form !== 'none') return name;
  throw errorAbout(option, 'ARGUMENT_INVALID', `"${written}": ${name.why}`);
}

function containerOf(dn: string): string {
  try {
    const normal = normalDn(dn);
    if (normal !== '') return normal;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const why = `"${dn}" is not a DN: write it as OU=Services,DC=contoso,DC=com`;
  throw errorAbout('--ou', 'ARGUMENT_INVALID', why);
}

export function isInScope({ account, dmsa }: AuditPair, scope: AuditScope, domain: DomainNames): boolean {
  return (
    (scope.account === null || isCalled(account, scope.account, domain)) &&
    (scope.dmsa === null || isCalled(dmsa, scope.dmsa, domain)) &&
    (scope.ou === null || [account, dmsa].some((each) => each !== null && isWithin(each.dn, scope.ou!)))
  );
}

/** Compares as the directory is asked for an account by name; a `$` at the end of a dMSA's name may be left out. */
function isCalled(
  object: AuditedAccount | AuditedDmsa | null,
  name: PrincipalName,
  domain: DomainNames,
): boolean {
  if (object === null) return false;
  const isNamed = (written: string) =>
    isSameName(object.samAccountName, written) || isSameName(object.samAccountName, `${written}$`);
  switch (name.form) {
    case 'guid':
      return object.guid === name.guid.replace(/[{}]/g, '').toLowerCase();
    case 'sid':
      return object.sid === name.sid;
    case 'dn':
      return isSameDnText(object.dn, name.dn);
    case 'account':
      return (name.domain === null || isDomain(name.domain, domain)) && isNamed(name.name);
    case 'upn':
      if ('userPrincipalName' in object && object.userPrincipalName !== null) {
        if (isSameName(object.userPrincipalName, name.whole)) return true;
      }
      return isDomain(name.suffix, domain) && isNamed(name.prefix);
    case 'none':
      return false;
  }
}
