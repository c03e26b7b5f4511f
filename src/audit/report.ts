import type { Finding, Severity } from '../domain/findings/findings.ts';
import type { AssessedPair } from './assess.ts';
import type { AuditedAccount, AuditedDmsa } from './facts.ts';
import type { Proof } from './proof.ts';
import type { PairAge } from './since.ts';

/** One row of the audit. */
export interface AuditedPair {
  account: AuditedAccount | null;
  dmsa: AuditedDmsa | null;
  /** Direction of the links: `both`, the account alone, the dMSA alone, or `none`. */
  linked: 'both' | 'account' | 'dmsa' | 'none';
  /** Target of a link that is no dMSA, or no account of this domain. */
  astray: string | null;
  state: PairState;
  since: PairAge | null;
  /** Verdict on a Start of the pair; null where the two do not point at each other. */
  start: Pick<Proof, 'verdict' | 'evidence'> | null;
  verdict: Severity | 'ok';
  /** Findings, those that block first. */
  findings: Finding[];
}

/** `differs`: the two are in different states; `unknown`: a number that no dMSA should have. */
export type PairState = 'unlinked' | 'started' | 'completed' | 'standalone' | 'differs' | 'unknown';

const states: PairState[] = ['unlinked', 'started', 'completed', 'standalone'];

export function reportPair(pair: AssessedPair): AuditedPair {
  const { account, dmsa, forward, backward, astray, proof, since, verdict, findings } = pair;
  return {
    account,
    dmsa,
    linked: forward && backward ? 'both' : forward ? 'account' : backward ? 'dmsa' : 'none',
    astray,
    state: stateOf(account, dmsa),
    since,
    start: proof && { verdict: proof.verdict, evidence: proof.evidence },
    verdict,
    findings,
  };
}

function stateOf(account: AuditedAccount | null, dmsa: AuditedDmsa | null): PairState {
  if (account && dmsa && account.state !== dmsa.state) return 'differs';
  return states[(dmsa ?? account)!.state] ?? 'unknown';
}
