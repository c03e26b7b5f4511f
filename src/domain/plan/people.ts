import { type DomainNames, normalIdentity } from './identity.ts';

/** Account of a requester or an approver, from the directory. */
export interface Person {
  sid: string;
  /**
   * Normal forms of the names that AD logs it on by: of its sAMAccountName, and its userPrincipalName where it has one; then
   * of other spellings that AD takes for one of them, as far as the plan has them.
   */
  names: string[];
}

/** Names by which one person is told from another. */
export interface KnownPeople {
  domain: DomainNames;
  /** Absent where the directory was not asked: then names are compared by their spelling alone. */
  people?: Person[];
}

/**
 * Identity of a name: one text for one person in any spelling. People that the directory knows are found by each of their
 * names; other names have their normal form. Null for text that can be nobody's name.
 */
export function personOf(written: string, { domain, people = [] }: KnownPeople): string | null {
  const name = normalName(written, domain);
  // sAMAccountName first: another's UPN may be spelled as it.
  const person =
    people.find(({ names }) => names[0] === name) ?? people.find(({ names }) => names.includes(name ?? ''));
  return person?.names[0] ?? name;
}

const guidPattern = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i;

/** A person's name in one spelling; null for a DN, SID or GUID, and for text that can be nobody's name. */
export function normalName(written: string, domain: DomainNames): string | null {
  const text = written.normalize('NFC').trim();
  // None is a name that a person is logged on by, and each would be one more spelling of somebody.
  if (/[\p{Cc}\p{Cf}=,]/u.test(text) || /^s-1-\d/i.test(text) || guidPattern.test(text)) return null;
  return normalIdentity(text, domain);
}
