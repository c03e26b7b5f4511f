/**
 * The normal form of a logon name, `name@dns.domain` in lower case, from every form that people and service managers
 * write: `CONTOSO\svc`, `contoso.com\svc`, `svc@contoso.com`, `svc` (failure-cases.md, 22). `.\svc` and the name of
 * the computer itself mean a local account, which is another account: null. So is what names no account, or a domain
 * twice: it would be one more spelling of somebody who has one already.
 */
export function normalIdentity(written: string, domain: DomainNames, computerName = '.'): string | null {
  const [prefix, name] = splitName(written.toLowerCase());
  if (name === '' || /[\\@]/.test(name) || prefix === '') return null;
  if (prefix === '.' || prefix === computerName.toLowerCase()) return null;
  if (prefix === null || prefix === domain.netbiosName.toLowerCase())
    return `${name}@${domain.dnsName.toLowerCase()}`;
  // A DNS name may end in the root's period (RFC 1034 3.1).
  return `${name}@${prefix.replace(/\.$/, '')}`;
}

export interface DomainNames {
  /** For example `contoso.com`. */
  dnsName: string;
  /** For example `CONTOSO`. */
  netbiosName: string;
}

function splitName(text: string): [prefix: string | null, name: string] {
  const slash = text.indexOf('\\');
  if (slash >= 0) return [text.slice(0, slash).trim(), text.slice(slash + 1).trim()];
  const at = text.lastIndexOf('@');
  if (at >= 0) return [text.slice(at + 1).trim(), text.slice(0, at).trim()];
  return [null, text.trim()];
}

/** Names by which AD logs one account on, in lower case. */
export interface LogonNames {
  samAccountName: string;
  /** UPNs, explicit and implicit, that are this account's and no other's. */
  principalNames: string[];
}

/** All by which hosts name one account. */
export interface LogonIdentity {
  names: LogonNames;
  domain: DomainNames;
  /** By which rights name it, and tasks where Windows has no name for it. */
  sid: string;
}

/**
 * True if a service with this StartName logs on as the account. `DOMAIN\name` and a bare name are sAMAccountNames,
 * which a domain has once; what has an `@` is a UPN, and may be another's although its first part is this account's
 * name. `.\name` is a local account and never ours.
 */
export function isLogonOf(
  { samAccountName, principalNames }: LogonNames,
  startName: string,
  domain: DomainNames,
  computerName?: string,
): boolean {
  const identity = normalIdentity(startName, domain, computerName);
  if (identity === null) return false;
  if (startName.includes('@') && !startName.includes('\\')) {
    const [suffix, name] = splitName(startName.toLowerCase());
    return principalNames.includes(`${name}@${suffix!.replace(/\.$/, '')}`);
  }
  return identity === `${samAccountName}@${domain.dnsName}`.toLowerCase();
}
