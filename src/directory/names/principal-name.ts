import { errorAbout } from '../../domain/errors/errors.ts';
import type { DomainNames } from '../../domain/plan/identity.ts';
import { normalDn, parseDn } from '../dn.ts';
import { guidOctets } from '../guid.ts';
import { sidOctets } from '../sid.ts';

/** A name of an account, group or computer as somebody wrote it, told apart by its form alone. */
export type PrincipalName =
  | { form: 'guid'; guid: string }
  | { form: 'sid'; sid: string }
  | { form: 'dn'; dn: string }
  /** `DOMAIN\name`, `dns.name\name`, or `name` alone, where `domain` is null. */
  | { form: 'account'; domain: string | null; name: string }
  /** `prefix@suffix`; `whole` is both. */
  | { form: 'upn'; whole: string; prefix: string; suffix: string }
  /** Text that cannot be a name. */
  | { form: 'none'; why: string };

/** Upper ranges of sAMAccountName and userPrincipalName in the schema (MS-ADA3 2.222 and 2.349). */
const longest = { account: 256, upn: 1024 };

/**
 * The form of a name. GUIDs, with braces or none, and SIDs come first, then DNs, as MS-ADTS 5.1.1.1.1 tries them for
 * binds. Throws ARGUMENT_INVALID, about `field`, for what looks like a SID or a DN and is none.
 */
export function parsePrincipalName(written: string, field: string): PrincipalName {
  const text = written.trim();
  if (text === '') return { form: 'none', why: 'it is empty' };
  // Samba's comparison ends at a NUL (measured), and would find what is named by the text before it.
  if (text.includes('\0')) return { form: 'none', why: 'no name holds a NUL' };
  if (/^(\{[0-9a-f-]{36}\}|[0-9a-f-]{36})$/i.test(text) && isGuid(text)) return { form: 'guid', guid: text };
  if (/^S-\d+(-|$)/i.test(text)) return checked(field, 'S-1-5-21-…', () => sidName(text));
  const slash = text.indexOf('\\');
  if (isLikeDn(text)) return checked(field, 'RFC 4514 has it', () => dnName(text));
  if (slash >= 0) return accountName(text.slice(0, slash).trim(), text.slice(slash + 1).trim());
  const at = text.lastIndexOf('@');
  return at < 0 ? accountName(null, text) : upnName(text, at);
}

/** The SID where that is what was written, else null. Throws ARGUMENT_INVALID for what looks like one and is none. */
export function writtenSid(written: string, field: string): string | null {
  if (!/^\s*S-\d/i.test(written)) return null;
  const name = parsePrincipalName(written, field);
  return name.form === 'sid' ? name.sid : null;
}

/** Compares a domain written before a backslash or after an `@`; DNS names may end in the root's period. */
export function isDomain(written: string, { dnsName, netbiosName }: Partial<DomainNames>): boolean {
  const name = written.toLowerCase().replace(/\.$/, '');
  return name === dnsName?.toLowerCase() || name === netbiosName?.toLowerCase();
}

/**
 * Equal to a directory, more or less: it ignores case, and AD marks and widths, too. Stricter than no check at all:
 * what a server answers is taken only where it has the name that was asked for.
 */
export function isSameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

export function isSameDnText(a: string, b: string): boolean {
  return folded(normalDn(a)) === folded(normalDn(b));
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A UPN may hold an equals sign, and a DN an `@`: a DN begins with `type=`, and a UPN that does is to be given otherwise. */
function isLikeDn(text: string): boolean {
  const equals = text.indexOf('=');
  return equals >= 0 && !text.slice(0, equals).includes('@');
}

function isGuid(text: string): boolean {
  try {
    return guidOctets(text).length === 16;
  } catch {
    return false;
  }
}

function sidName(text: string): PrincipalName {
  sidOctets(text);
  return { form: 'sid', sid: text.toUpperCase() };
}

function dnName(text: string): PrincipalName {
  const rdns = parseDn(text);
  if (rdns.some(({ value }) => value.includes('\0'))) return { form: 'none', why: 'no name holds a NUL' };
  return { form: 'dn', dn: text };
}

function accountName(domain: string | null, name: string): PrincipalName {
  if (name === '' || domain === '') return { form: 'none', why: 'one side of the backslash is empty' };
  if (name.includes('\\')) return { form: 'none', why: 'no account name holds a backslash' };
  if (name.length > longest.account) {
    return { form: 'none', why: `an account name has at most ${longest.account} characters` };
  }
  return { form: 'account', domain, name };
}

function upnName(text: string, at: number): PrincipalName {
  const [prefix, suffix] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (prefix === '' || suffix === '') return { form: 'none', why: 'one side of the @ is empty' };
  if (text.length > longest.upn) return { form: 'none', why: `a UPN has at most ${longest.upn} characters` };
  return { form: 'upn', whole: `${prefix}@${suffix}`, prefix, suffix };
}

function checked(field: string, form: string, parse: () => PrincipalName): PrincipalName {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw errorAbout(field, 'ARGUMENT_INVALID', `${error.message}: write it as ${form}`);
  }
}
