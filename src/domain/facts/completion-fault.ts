import type { AccountFacts, DmsaFacts } from './facts.ts';
import type { ServiceState } from './host-facts.ts';

/** States and links of the two objects; `dmsa` is null if it is gone. */
export interface LinkState {
  account: Pick<AccountFacts, 'state' | 'supersededBy'>;
  dmsa: Pick<DmsaFacts, 'state' | 'precededBy'> | null;
}

/** What is not as it has to be after completion. */
export type CompletionFault =
  | { kind: 'account-deleted' }
  | { kind: 'account-enabled'; dn: string }
  /** The two are not both in state 2 with links to each other. */
  | ({ kind: 'pair' } & LinkState)
  | { kind: 'principal-gone'; host: string }
  | { kind: 'host-not-read'; host: string }
  /** The service logs on as another account, or is gone. */
  | { kind: 'service-account'; host: string; service: string }
  | { kind: 'service-state'; host: string; service: string; state: ServiceState };
