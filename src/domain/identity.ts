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
