/** Bounds of one answer: no server, and nobody in its place, can exhaust memory or hold a worker up. */
export interface LdapLimits {
  /** Octets of one LDAP message. An entry with 5,000 members, the most that AD gives at once, has 1 to 2 million. */
  messageOctets: number;
  /** Octets of all messages that answer one request: one page of a search. */
  answerOctets: number;
  /** Octets that arrive during one search, over all its pages. */
  searchOctets: number;
  /** Entries of one search, over all its pages. */
  entries: number;
  /** Pages of one search. A page may be empty, so entries alone would not end it. */
  pages: number;
  /** Values of one attribute, put together from its ranges. */
  values: number;
  /** Times that an attribute is read again because its values changed while they were read. */
  rangeAttempts: number;
}

/** A domain of 100,000 computers can be read; what goes beyond is DIRECTORY_LIMIT. docs/directory.md has the numbers. */
export const defaultLimits: LdapLimits = {
  messageOctets: 16 * 1024 * 1024,
  answerOctets: 64 * 1024 * 1024,
  searchOctets: 256 * 1024 * 1024,
  entries: 100_000,
  pages: 1_000,
  values: 200_000,
  rangeAttempts: 3,
};
