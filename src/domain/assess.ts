import { assessPrincipals } from './assess-principals.ts';
import { assessReplicas } from './assess-replicas.ts';
import type { AccountFacts, DmsaFacts, DomainFacts, Evidence, Facts, HostFacts } from './facts.ts';
import { type Finding, finding } from './findings.ts';
import type { Plan } from './plan.ts';
import { MigrationState } from './states.ts';

export { strangers } from './assess-principals.ts';

/** Before Start both objects must be unlinked; before Complete they must carry this migration's own link. */
export type Expectation = 'unlinked' | 'linked';

export interface Assessed {
  plan: Pick<Plan, 'account' | 'dmsa' | 'hosts'>;
  facts: Facts;
  domain: DomainFacts;
  expect: Expectation;
  /** Whether two DNs name one object; comparing DNs needs RFC 4514, which lives in src/directory. */
  sameDn(a: string | null, b: string | null): boolean;
  /** SIDs that a person has allowed among the principals. */
  allowed: string[];
  /** ISO 8601. */
  now: string;
}

/** The first build whose hosts can use a dMSA: Windows Server 2025, Windows 11 24H2 [overview, faq]. */
export const firstCapableBuild = 26100;

/** Everything that facts have to say about a plan, blocking findings first. Pure: the same facts, the same findings. */
export function assess(input: Assessed): Finding[] {
  const { facts, plan } = input;
  const findings = [
    ...assessDomain(input.domain, input.now),
    ...assessReplicas(input.domain.replicas ?? []),
    ...(facts.account
      ? assessAccount(facts.account, input)
      : [finding('ACCOUNT_NOT_FOUND', plan.account.dn, `no object has the GUID ${plan.account.guid}`)]),
    ...assessDmsa(facts.dmsa, input),
    ...facts.hosts.flatMap((host) => assessHost(host, plan)),
    ...(facts.dmsa && input.expect === 'linked' ? assessPrincipals(facts.dmsa, input) : []),
  ];
  const rank = { block: 0, warn: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

function assessDomain(domain: DomainFacts, now: string): Finding[] {
  const findings: Finding[] = [];
  if (!domain.schemaHasDmsa)
    findings.push(finding('SCHEMA_LACKS_DMSA', 'schema', 'the class is not in the schema'));
  if (domain.capableDcs.length === 0) {
    findings.push(
      finding('NO_WS2025_DC', 'domain', `no writable DC has build ${firstCapableBuild} or later`),
    );
  }
  if (domain.kdsEffectiveAt === null) {
    findings.push(finding('KDS_KEY_MISSING', 'forest', 'CN=Master Root Keys is empty'));
  } else if (domain.kdsEffectiveAt > now) {
    findings.push(finding('KDS_KEY_NOT_EFFECTIVE', 'forest', `effective from ${domain.kdsEffectiveAt}`));
  }
  return findings;
}

function assessAccount(account: AccountFacts, input: Assessed): Finding[] {
  const findings: Finding[] = [];
  const found = (code: Finding['code'], evidence: string) =>
    findings.push(finding(code, account.dn, evidence));
  if (account.kind !== 'user') found('ACCOUNT_NOT_A_USER', `it is a ${account.kind}`);
  if (account.privilegedBecause) found('ACCOUNT_PRIVILEGED', account.privilegedBecause);
  if (account.unconstrainedDelegation) found('UNCONSTRAINED_DELEGATION', 'userAccountControl has 0x80000');
  if (account.state === MigrationState.Completed) {
    found('ACCOUNT_ALREADY_SUPERSEDED', `superseded by ${account.supersededBy ?? 'nothing that it names'}`);
  } else if (!account.enabled) {
    found('ACCOUNT_DISABLED', 'userAccountControl has 0x2');
  }
  if (input.expect === 'unlinked' && account.state !== MigrationState.Completed) {
    if (account.supersededBy !== null) {
      found('LINK_FOREIGN', `msDS-SupersededManagedAccountLink is ${account.supersededBy}`);
    } else if (account.state !== MigrationState.Unlinked) {
      found('LINK_FOREIGN', `msDS-SupersededServiceAccountState is ${account.state}`);
    }
  }
  if (input.expect === 'linked') findings.push(...assessLink(account, input));
  return findings;
}

/** Both links must point at each other: a one-sided one is refused by the KDC [research]. */
function assessLink(account: AccountFacts, { facts, sameDn }: Assessed): Finding[] {
  const { dmsa } = facts;
  const forward = dmsa !== null && sameDn(account.supersededBy, dmsa.dn);
  const backward = dmsa !== null && sameDn(dmsa.precededBy, account.dn);
  const seen = `account \u2192 ${account.supersededBy ?? 'nothing'}, dMSA \u2192 ${dmsa?.precededBy ?? 'nothing'}`;
  if (forward && backward) return [];
  return [finding(forward || backward ? 'LINK_ONE_SIDED' : 'LINK_FOREIGN', account.dn, seen)];
}

function assessDmsa(dmsa: DmsaFacts | null, { expect, plan }: Assessed): Finding[] {
  if (!dmsa) {
    return expect === 'unlinked' ? [] : [finding('LINK_ONE_SIDED', plan.dmsa.dn, 'the dMSA is gone')];
  }
  if (!dmsa.isDmsa) return [finding('DMSA_NAME_TAKEN', dmsa.dn, `${dmsa.samAccountName} is no dMSA`)];
  const wanted = expect === 'unlinked' ? MigrationState.Unlinked : MigrationState.Started;
  const findings: Finding[] = [];
  if (expect === 'unlinked' && dmsa.precededBy !== null) {
    findings.push(
      finding('LINK_FOREIGN', dmsa.dn, `msDS-ManagedAccountPrecededByLink is ${dmsa.precededBy}`),
    );
  }
  if (dmsa.state !== wanted) {
    findings.push(
      finding('DMSA_STATE_NOT_UNLINKED', dmsa.dn, `msDS-DelegatedMSAState is ${dmsa.state}, not ${wanted}`),
    );
  }
  return findings;
}

function assessHost(host: HostFacts, plan: Assessed['plan']): Finding[] {
  if (host.unreachable) return [finding('HOST_UNREACHABLE', host.name, host.unreachable)];
  const findings: Finding[] = [];
  const found = (code: Finding['code'], evidence: string) =>
    findings.push(finding(code, host.name, evidence));
  if ((host.build ?? 0) < firstCapableBuild) found('HOST_TOO_OLD', `build ${host.build}`);
  if (host.isDomainController) found('HOST_IS_DC', 'its domain role is that of a domain controller');
  if (host.rebootPending) found('HOST_REBOOT_PENDING', 'Windows says that a reboot is pending');
  if (host.services.length === 0) found('HOST_HAS_NO_SERVICE', 'no StartName is the account');
  const present = new Map(host.services.map((service) => [service.name.toLowerCase(), service]));
  for (const name of plan.hosts.find((each) => each.name === host.name)?.services ?? []) {
    if (!present.has(name.toLowerCase())) found('SERVICE_MISSING', name);
  }
  for (const service of host.services) {
    if (service.state !== 'Running') found('SERVICE_NOT_RUNNING', `${service.name} is ${service.state}`);
  }
  return findings;
}

/**
 * What is hashed and voted on. Times stay out, and so does how a finding is worded, which DC was read, and which one lags
 * behind it for the moment.
 */
export function votedOn(
  evidence: Omit<Evidence, 'hash' | 'server'>,
  planHash: string,
  gate: string,
): unknown {
  const lasting = evidence.findings.filter(({ code }) => code !== 'REPLICATION_LAGGING');
  const findings = lasting.map(({ code, subject }) => `${code} ${subject}`).sort();
  return { planHash, gate, facts: evidence.facts, findings };
}
