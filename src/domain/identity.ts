/**
 * The normal form of a logon name, `name@dns.domain` in lower case, from every form that people and service managers
 * write: `CONTOSO\svc`, `contoso.com\svc`, `svc@contoso.com`, `svc` (failure-cases.md, 22). `.\svc` and the name of
 * the computer itself mean a local account, which is another account: null.
 */
export function normalIdentity(written: string, domain: DomainNames, computerName = '.'): string | null {
  const text = written.trim().toLowerCase();
  const [prefix, name] = splitName(text);
  if (!name) return null;
  if (prefix === '.' || prefix === computerName.toLowerCase()) return null;
  if (prefix === null || prefix === domain.netbiosName.toLowerCase())
    return `${name}@${domain.dnsName.toLowerCase()}`;
  return `${name}@${prefix}`;
}

export interface DomainNames {
  /** For example `contoso.com`. */
  dnsName: string;
  /** For example `CONTOSO`. */
  netbiosName: string;
}

function splitName(text: string): [prefix: string | null, name: string] {
  const slash = text.indexOf('\\');
  if (slash >= 0) return [text.slice(0, slash), text.slice(slash + 1)];
  const at = text.lastIndexOf('@');
  if (at >= 0) return [text.slice(at + 1), text.slice(0, at)];
  return [null, text];
}
