import { assess } from '../../../src/domain/assess/assess.ts';
import type { Assessed } from '../../../src/domain/assess/assessed.ts';
import type { AccountFacts, DmsaFacts } from '../../../src/domain/facts/facts.ts';
import type { HostFacts } from '../../../src/domain/facts/host-facts.ts';
import type { FindingCode } from '../../../src/domain/findings/findings.ts';
import { beforeStart, goodHost } from '../facts/good-facts.ts';

export const account = 'CN=svc-web,OU=Services,DC=lab,DC=example';
export const dmsa = 'CN=dmsa-web,CN=Managed Service Accounts,DC=lab,DC=example';
export const other = 'CN=dmsa-other,CN=Managed Service Accounts,DC=lab,DC=example';
export const [web01, web02, web03] = ['web01.lab.example', 'web02.lab.example', 'web03.lab.example'] as const;
export function withAccount(changes: Partial<AccountFacts>, input = beforeStart()): Assessed {
  const { facts } = input;
  return { ...input, facts: { ...facts, account: { ...facts.account!, ...changes } } };
}

export function withDmsa(present: DmsaFacts | null, input = beforeStart()): Assessed {
  return { ...input, facts: { ...input.facts, dmsa: present } };
}

/** The second host changed, the others good. */
export function withHost(changes: Partial<HostFacts>): Assessed {
  const input = beforeStart();
  return {
    ...input,
    facts: { ...input.facts, hosts: [goodHost(web01), goodHost(web02, changes), goodHost(web03)] },
  };
}

/** Findings about a pair that only the audit makes. */
export const auditFindings: FindingCode[] = [
  'LINK_UNPROVEN',
  'MIGRATION_FORGOTTEN',
  'STATE_WITHOUT_LINK',
  'SUPERSEDED_ACCOUNT_DELETED',
  'SUPERSEDED_ACCOUNT_ENABLED',
  'SUPERSEDED_ACCOUNT_PRIVILEGED',
];

/** Assesses for the tests of one file, and remembers which findings were produced. */
export function assessor() {
  const produced = new Set<string>();
  return {
    /** Findings as `SEVERITY CODE subject: evidence`. */
    told: (input: Assessed): string[] =>
      assess(input).map(({ code, severity, subject, evidence }) => {
        produced.add(code);
        return `${severity} ${code} ${subject}: ${evidence}`;
      }),
    /** Codes of a table of findings that no earlier test of the file has produced, sorted. */
    missing: (table: Partial<Record<FindingCode, unknown>>): string[] =>
      Object.keys(table)
        .filter((code) => !produced.has(code))
        .sort(),
  };
}
