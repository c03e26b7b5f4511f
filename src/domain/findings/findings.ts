import { accountFindings } from './account.ts';
import { domainFindings } from './domain.ts';
import { hostFindings } from './host.ts';
import type { FindingKind, Severity } from './kind.ts';
import { pairFindings } from './pair.ts';
import { peopleFindings } from './people.ts';
import { principalFindings } from './principal.ts';

export type { Severity } from './kind.ts';

/** Something that preflight or observation saw, with what to do about it. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** A DN, a host name, a principal's SID or a person's name. */
  subject: string;
  evidence: string;
  fix: string;
}

/** Every finding there is. `docs/findings.md` is held equal to this table by a test. */
export const findingKinds = {
  ...domainFindings,
  ...accountFindings,
  ...pairFindings,
  ...hostFindings,
  ...principalFindings,
  ...peopleFindings,
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof findingKinds;

/** A finding of a kind, about `subject`. `evidence` says what was seen, not what it means. */
export function finding(code: FindingCode, subject: string, evidence: string): Finding {
  const { severity, fix } = findingKinds[code];
  return { code, severity, subject, evidence, fix };
}

export function blocking(findings: Finding[]): Finding[] {
  return findings.filter((each) => each.severity === 'block');
}
