import { type DomainNames, normalIdentity } from './identity.ts';

/** An account of somebody who asks or decides, as the directory has it. */
export interface Person {
  sid: string;
  /**
   * Normal forms of the names that AD logs it on by: of its sAMAccountName, and its userPrincipalName where it has one; then
   * of other spellings that AD takes for one of them, as far as the plan has them.
   */
  names: string[];
}

/** What one person is told from another by. */
export interface KnownPeople {
  domain: DomainNames;
  /** Absent where the directory was not asked: then names are compared by their spelling alone. */
  people?: Person[];
}

/**
 * Who is meant by a name: one text for one person, however it is written. Of people that the directory knows, by every name
 * of theirs; of others, the normal form of what is written. Null for what is no name of anybody.
 */
export function personOf(written: string, { domain, people = [] }: KnownPeople): string | null {
  const name = normalName(written, domain);
  // sAMAccountName first: another's UPN may be spelled as it.
  const person =
    people.find(({ names }) => names[0] === name) ?? people.find(({ names }) => names.includes(name ?? ''));
  return person?.names[0] ?? name;
}

const guidPattern = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i;

/** What a person is called, in one spelling; null for a DN, SID or GUID, and for what is no name of anybody. */
export function normalName(written: string, domain: DomainNames): string | null {
  const text = written.normalize('NFC').trim();
  // None is a name that a person is logged on by, and each would be one more spelling of somebody.
  if (/[\p{Cc}\p{Cf}=,]/u.test(text) || /^s-1-\d/i.test(text) || guidPattern.test(text)) return null;
  return normalIdentity(text, domain);
}
