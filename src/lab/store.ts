/**
 * What the lab's domain rules need of a directory. Two directories have it: the lab's own in memory, which the lab's
 * LDAP server serves, and a real Samba AD DC. The rules are the same for both.
 */
export interface DirectoryStore {
  readonly baseDn: string;
  /** The entry, or null where there is none. DNs compare as AD compares them. */
  read(dn: string): Promise<StoredEntry | null>;
  /** Entries below `base` (the whole subtree) of which some attribute equals the value, ignoring case. */
  find(base: string, attribute: string, value: string | Buffer): Promise<StoredEntry[]>;
  /** Throws LdapFailure 68 where the entry exists, 32 where its parent does not. */
  add(dn: string, attributes: Record<string, Value[]>): Promise<void>;
  /** Sets whole attributes; an empty list removes the attribute. Back links and system attributes are maintained. */
  replace(dn: string, attributes: Record<string, Value[]>): Promise<void>;
  remove(dn: string): Promise<void>;
}

/** Text, or octets where the attribute's syntax is binary (objectSid, objectGUID, security descriptors). */
export type Value = string | Buffer;

export interface StoredEntry {
  dn: string;
  /** By the attribute's own spelling; read them with the helpers below, which ignore case. */
  attributes: Record<string, Value[]>;
}

/** A refusal as an LDAP server words it: `code` is the LDAP result code, `message` AD's diagnostic text. */
export class LdapFailure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function values(entry: StoredEntry, attribute: string): Value[] {
  const wanted = attribute.toLowerCase();
  const name = Object.keys(entry.attributes).find((each) => each.toLowerCase() === wanted);
  return name ? entry.attributes[name]! : [];
}

export function texts(entry: StoredEntry, attribute: string): string[] {
  return values(entry, attribute).map((value) => value.toString());
}

export function text(entry: StoredEntry, attribute: string): string | null {
  return texts(entry, attribute)[0] ?? null;
}

export function octets(entry: StoredEntry, attribute: string): Buffer | null {
  const value = values(entry, attribute)[0];
  return value === undefined ? null : Buffer.from(value);
}
