import { createHash } from 'node:crypto';
import type { Facts } from '../domain/facts/facts.ts';
import type { Gate } from '../domain/gates/gates.ts';
import type { MigrationStatus } from '../domain/migration/status.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { canonicalJson } from '../domain/values/canonical.ts';
import { version } from '../version.ts';
import type { Recorded } from './recorded.ts';

/**
 * Everything an auditor gets, as plain data; docs/report.md says what each part is. HTML and Markdown are made of it and
 * of nothing else. A version has no member taken away or meaning something else; readers pass over what they do not know.
 */
export interface Report {
  kind: 'dmsa-report';
  version: 1;
  /** ISO 8601, by the clock of the machine on which it was made. */
  madeAt: string;
  /** `dmsa 1.2.3`. */
  madeBy: string;
  /** Nothing will change any more. */
  ended: boolean;
  status: MigrationStatus;
  /** Null if the migration was refused before there was a plan, or Temporal has forgotten it. */
  plan: Plan | null;
  hashes: ReportHashes;
  /** Commands and reads; null where the report was made on a machine that has no records of the migration. */
  records: Recorded | null;
}

/** SHA-256, hex. */
export interface ReportHashes {
  plan: string;
  /** Evidence of each gate, in their order. */
  gates: { name: Gate['name']; hash: string | null; decision: Gate['decision'] }[];
  /** Hashes of the canonical JSON of the facts; null where they were not read. */
  before: string | null;
  after: string | null;
}

export interface ReportParts {
  status: MigrationStatus & { progress?: unknown; ended?: boolean };
  plan: Plan | null;
  records: Recorded | null;
  madeAt: Date;
}

export function makeReport({ status: given, plan, records, madeAt }: ReportParts): Report {
  const { progress: _, ended = given.outcome !== 'running', ...status } = given;
  const { planHash, gates, before, after } = status;
  return {
    kind: 'dmsa-report',
    version: 1,
    madeAt: madeAt.toISOString(),
    madeBy: `dmsa ${version}`,
    ended,
    status,
    plan,
    hashes: {
      plan: planHash,
      gates: gates.map(({ name, hash, decision }) => ({ name, hash, decision })),
      before: factsHash(before),
      after: factsHash(after),
    },
    records,
  };
}

function factsHash(facts: Facts | null): string | null {
  return facts && sha256(canonicalJson(facts));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
