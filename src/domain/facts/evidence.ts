import type { Finding } from '../findings/findings.ts';
import type { DomainFacts } from './domain-facts.ts';
import type { Facts } from './facts.ts';

/** Facts that preflight read, its findings, and the hash that a gate is voted on. */
export interface Evidence {
  facts: Facts;
  domain: DomainFacts;
  /** DNS name of the DC that was read, to be kept for what comes next. */
  server: string;
  findings: Finding[];
  /** Hosts that a person has left out, sorted; absent for none. */
  skipped?: string[];
  /** SHA-256, hex, of the canonical JSON of plan hash, gate, facts, and the codes and subjects of the findings. */
  hash: string;
}
