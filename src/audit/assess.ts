import { sameDn } from '../directory/dn.ts';
import { privilegeText } from '../domain/assess/assess-account.ts';
import { type Finding, type FindingCode, finding, type Severity } from '../domain/findings/findings.ts';
import { MigrationState } from '../domain/states.ts';
import { principalFindings } from './assess-principals.ts';
import type { AuditedDmsa, AuditFacts } from './facts.ts';
import { type AuditPair, deletedAccountOf, isDeletedDn } from './pairs.ts';
import { type KnownStarts, type Proof, proofOf } from './proof.ts';
import { isTo } from './records.ts';
import { forgotten, type PairAge, sinceOf } from './since.ts';

/** Pair, or an object alone, with what is found of it. */
export interface AssessedPair extends AuditPair {
  /** Null where there is nothing to prove: the two do not both point at each other. */
  proof: Proof | null;
  since: PairAge | null;
  findings: Finding[];
  /** The worst of its findings. */
  verdict: Severity | 'ok';
}

export interface AuditInput extends KnownStarts {
  facts: AuditFacts;
  /** True if a pair without a known Start is a finding: not where nobody was to be asked. */
  wantsProof: boolean;
  now: Date;
}

/** Everything that facts, records and events have to say about one pair. Pure. */
export function assessPair(pair: AuditPair, input: AuditInput): AssessedPair {
  const { account, dmsa } = pair;
  const mutual = account !== null && dmsa !== null && pair.forward && pair.backward;
  const proof = mutual ? proofOf(account, dmsa, input) : null;
  const since = sinceOf(pair, proof);
  const findings = [
    ...linkFindings(pair, input),
    ...(mutual ? pairFindings(pair, proof!, input) : []),
    ...accountFindings(pair, mutual),
    ...forgotten(pair, since, input.now),
    ...(dmsa ? principalFindings(dmsa) : []),
  ];
  return { ...pair, proof, since, findings: sorted(findings), verdict: worst(findings) };
}

const rank: Record<Severity, number> = { block: 0, warn: 1, info: 2 };

/** Sorts findings that block to the front. */
export function sorted<T extends Finding>(findings: T[]): T[] {
  return [...findings].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

function worst(findings: Finding[]): AssessedPair['verdict'] {
  return sorted(findings)[0]?.severity ?? 'ok';
}

/** A finding that cannot be told for sure does not block: its evidence says that it is unknown, and why. */
function unsure(code: FindingCode, subject: string, why: string, severity: Severity = 'warn'): Finding {
  return { ...finding(code, subject, `unknown: ${why}`), severity };
}

/** Links that are not returned, states without a link, and what is left of what was deleted. */
function linkFindings(pair: AuditPair, input: AuditInput): Finding[] {
  const { account, dmsa, forward, backward } = pair;
  if (account && dmsa) {
    return forward && backward ? [] : [finding('LINK_ONE_SIDED', account.dn, described(pair))];
  }
  if (pair.astray !== null) return [astrayFinding(pair, pair.astray, input.facts)];
  if (account) {
    return [
      finding('STATE_WITHOUT_LINK', account.dn, `msDS-SupersededServiceAccountState is ${account.state}`),
    ];
  }
  if (dmsa?.state === MigrationState.Completed) return [deletedFinding(dmsa, input)];
  if (dmsa?.state !== MigrationState.Started) return [];
  return [finding('STATE_WITHOUT_LINK', dmsa.dn, `msDS-DelegatedMSAState is ${dmsa.state}`)];
}

/** A link to something that was not found as a dMSA or as an account. */
function astrayFinding(pair: AuditPair, target: string, { strays }: AuditFacts): Finding {
  const subject = (pair.account ?? pair.dmsa)!.dn;
  const seen = described(pair);
  const stray = strays.find(({ dn }) => sameDn(dn, target));
  if (isDeletedDn(target)) {
    const isAccount = pair.dmsa?.state === MigrationState.Completed;
    return finding(
      isAccount ? 'SUPERSEDED_ACCOUNT_DELETED' : 'LINK_ONE_SIDED',
      subject,
      `${seen}, which is deleted`,
    );
  }
  if (stray) {
    const what = stray.kind === 'other' ? 'no account' : `a ${stray.kind}`;
    const expected = pair.account ? 'no dMSA' : 'does not point back';
    return finding('LINK_ONE_SIDED', subject, `${seen}, which is ${what}, ${expected}`);
  }
  return unsure('LINK_ONE_SIDED', subject, `${seen}, which is in another domain or may not be read`);
}

/** A completed dMSA that points at nothing: AD takes the link away when the account is deleted (MS-ADTS 3.1.1.5.5). */
function deletedFinding(dmsa: AuditedDmsa, { facts, records }: AuditInput): Finding {
  const state = `msDS-DelegatedMSAState is ${dmsa.state}`;
  const found = deletedAccountOf(dmsa, facts)?.dn;
  if (found) return finding('SUPERSEDED_ACCOUNT_DELETED', dmsa.dn, `${state}, its account is ${found}`);
  const recorded = records.find((each) => each.linkedAt !== null && isTo(each, dmsa))?.accountDn;
  const name = recorded ? `; our records have ${recorded} as its account` : '';
  const evidence = `${state}, it points at nothing, and nothing points at it${name}`;
  return finding('SUPERSEDED_ACCOUNT_DELETED', dmsa.dn, evidence);
}

/** Assesses two that point at each other. */
function pairFindings({ account, dmsa }: AuditPair, proof: Proof, input: AuditInput): Finding[] {
  const findings: Finding[] = [];
  const states = `account ${account!.state}, dMSA ${dmsa!.state}`;
  const linkable: number[] = [MigrationState.Started, MigrationState.Completed];
  if (account!.state !== dmsa!.state) findings.push(finding('STATES_DIFFER', account!.dn, states));
  else if (!linkable.includes(dmsa!.state)) {
    // Start links and sets 1, Undo to 0 takes the links away [overview, cmdlet].
    findings.push(
      finding('LINK_UNPROVEN', account!.dn, `no Start leaves these states with links: ${states}`),
    );
    return findings;
  }
  if (proof.verdict === 'no') findings.push(finding('LINK_UNPROVEN', account!.dn, proof.evidence));
  if (proof.verdict === 'unknown' && input.wantsProof) {
    findings.push(unsure('LINK_UNPROVEN', account!.dn, proof.evidence));
  }
  return findings;
}

function accountFindings({ account, dmsa, forward, backward }: AuditPair, mutual: boolean): Finding[] {
  if (!account || !(forward || backward)) return [];
  const findings: Finding[] = [];
  const isCompleted = [account.state, mutual ? dmsa!.state : null].includes(MigrationState.Completed);
  if (account.kind !== 'user')
    findings.push(finding('ACCOUNT_NOT_A_USER', account.dn, `it is a ${account.kind}`));
  if (isCompleted && account.enabled) {
    findings.push(finding('SUPERSEDED_ACCOUNT_ENABLED', account.dn, 'userAccountControl lacks 0x2'));
  }
  if (account.privilegedBecause !== null) {
    const by = dmsa ? `, linked to ${dmsa.dn}` : '';
    findings.push(
      finding(
        'SUPERSEDED_ACCOUNT_PRIVILEGED',
        account.dn,
        `${privilegeText(account.privilegedBecause)}${by}`,
      ),
    );
  }
  return findings;
}

function described({ account, dmsa, forward }: AuditPair): string {
  const at = (dn: string | null | undefined) => dn ?? 'nothing';
  if (!account) return `${dmsa!.dn} \u2192 ${at(dmsa!.precededBy)}`;
  if (!dmsa) return `${account.dn} \u2192 ${at(account.supersededBy)}`;
  return forward
    ? `the account \u2192 ${dmsa.dn}, which \u2192 ${at(dmsa.precededBy)}`
    : `${dmsa.dn} \u2192 the account, which \u2192 ${at(account.supersededBy)}`;
}
