import type { DomainFacts } from '../facts/domain-facts.ts';
import type { Facts } from '../facts/facts.ts';
import type { Surroundings } from '../facts/surroundings.ts';
import type { Finding } from '../findings/findings.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * Before Start both objects must be unlinked; before Complete they must carry this migration's own link, and after it
 * be completed.
 */
export type Expectation = 'unlinked' | 'linked' | 'completed';

/** Input of findings: facts, the plan, and what is expected of them. */
export interface Assessed {
  plan: Pick<Plan, 'account' | 'dmsa' | 'domain' | 'hosts' | 'waitForKds'>;
  facts: Facts;
  domain: DomainFacts;
  surroundings: Surroundings;
  expect: Expectation;
  /** Compares two DNs, as RFC 4514 has it; the code lives in src/directory. */
  sameDn(a: string | null, b: string | null): boolean;
  /** True if people sign for what the plan names, so that nothing else is restarted; absent means that they do not. */
  isSigned?: boolean;
  /** SIDs that a person has allowed among the principals. */
  allowed: string[];
  /** ISO 8601. */
  now: string;
  /** When this migration set the policy value of a host, ISO 8601, by its name; absent where it did not. */
  policySetAt?: Record<string, string>;
  /** Findings of hosts when they were asked, where their facts are taken over. */
  hostFindings?: Finding[];
}
