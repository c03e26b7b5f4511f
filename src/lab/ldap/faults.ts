import type { Operation } from './requests.ts';

export type OperationKind = Operation['kind'];

/** What to do with an operation instead: cut the connection before or after the effect, or answer 51. */
export type Fault = 'drop' | 'drop-after' | 'busy';

/** Asked once for each operation; `dn` is the base, object or user it is about. */
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
