import type { Facts } from '../../src/domain/facts/facts.ts';
import { blocking } from '../../src/domain/findings/findings.ts';
import type { StageNote } from '../../src/domain/migration/change.ts';
import type { StageName } from '../../src/domain/migration/stages.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import type { PlanningResult } from '../../src/plan/make-plan.ts';
import type { PlanRequest } from '../../src/plan/request.ts';
import { labDomain } from '../topology.ts';

/** What planning refused, in the shape of a status: no migration was started. */
export function refusedStatus(
  request: PlanRequest,
  planned: PlanningResult,
  startedAt: Date,
  after: Facts,
): MigrationStatus {
  const started = startedAt.toISOString();
  const ended = new Date().toISOString();
  const blocks = blocking(planned.findings);
  const message = blocks.map(({ code, subject, evidence }) => `${code} ${subject} (${evidence})`).join('; ');
  const failure = { code: 'PREFLIGHT_BLOCKED', message };
  const stage = (name: StageName, note: StageNote | null) => ({
    name,
    startedAt: started,
    endedAt: ended,
    changed: [],
    note,
  });
  return {
    migrationId: planned.migrationId,
    account: planned.facts.account?.samAccountName ?? request.account,
    dmsa: request.dmsa,
    requestedBy: request.requestedBy,
    domain: labDomain,
    people: [],
    planHash: '',
    execution: '',
    startedAt: started,
    outcome: 'refused',
    stage: 'preflight',
    stages: [stage('plan', null), stage('preflight', { kind: 'failed', failure })],
    waitingFor: null,
    paused: false,
    gates: [],
    earlyVotes: [],
    votesLeftOut: 0,
    findings: planned.findings,
    hosts: [],
    allowedPrincipals: [],
    journal: [],
    failure,
    failedHosts: [],
    signals: [],
    before: planned.facts,
    after,
  };
}
