import type { Operation } from './requests.ts';

export type OperationKind = Operation['kind'];

/**
 * What to do with an operation instead:
 * - `drop`: the connection ends before the effect.
 * - `drop-after`: it ends after the effect, before the answer.
 * - `half-answer`: it ends in the middle of the answer.
 * - `malformed`: the answer comes whole, but for its last message, whose contents are longer than they say.
 * - `silent`: no answer comes, and the connection stays.
 * - `notice`: the server says that it ends the connection, and does (RFC 4511 4.4.1).
 * - `busy`: the answer is result 51.
 * - a result: that is the answer.
 */
export type Fault =
  | 'drop'
  | 'drop-after'
  | 'half-answer'
  | 'malformed'
  | 'silent'
  | 'notice'
  | 'busy'
  | FaultResult;

export interface FaultResult {
  /** Result code (RFC 4511 4.1.9). */
  code: number;
  message: string;
  /** LDAP URLs, with code 10. */
  referrals?: string[];
}

/** Asked once for each operation; `dn` is the base, object or user it is about, or the OID of an extended one. */
export interface LdapFaults {
  onOperation(kind: OperationKind, dn: string): Fault | null | undefined;
}

/** Connections and operations that a server has seen. */
export type LdapCounts = Record<'connection' | OperationKind, number>;

export function noCounts(): LdapCounts {
  return {
    connection: 0,
    bind: 0,
    unbind: 0,
    abandon: 0,
    search: 0,
    compare: 0,
    add: 0,
    modify: 0,
    delete: 0,
    rename: 0,
    extended: 0,
  };
}
