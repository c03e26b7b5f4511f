import type { Entry, Value } from '../src/directory/entry.ts';

/**
 * What the lab's domain rules need of a directory. Two directories have it: the lab's own in memory, which the lab's
 * LDAP server serves, and a real Samba AD DC. The rules are the same for both.
 */
export interface DirectoryStore {
  /** For example `DC=lab,DC=example`. */
  readonly baseDn: string;
  /** `CN=Configuration` below the forest's first domain. */
  readonly configurationDn: string;
  /** The entry, or null where there is none. DNs compare as AD compares them. */
  read(dn: string): Promise<Entry | null>;
  /** Entries in the subtree of `base` of which some value of the attribute equals `value`, ignoring case. */
  find(base: string, attribute: string, value: Value): Promise<Entry[]>;
  /** Throws LdapFailure 68 where the entry exists, 32 where its parent does not. */
  add(dn: string, attributes: Record<string, Value[]>): Promise<void>;
  /** Sets whole attributes; an empty list removes the attribute. Back links and system attributes are maintained. */
  replace(dn: string, attributes: Record<string, Value[]>): Promise<void>;
  remove(dn: string): Promise<void>;
}

/** A refusal as an LDAP server words it: `code` is the LDAP result code, `message` AD's diagnostic text. */
export class LdapFailure extends Error {
  readonly code: number;
  /** URLs of who may know, with result 10. */
  readonly referrals: string[];

  constructor(code: number, message: string, referrals: string[] = []) {
    super(message);
    this.code = code;
    this.referrals = referrals;
  }
}
