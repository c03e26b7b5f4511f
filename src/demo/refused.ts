import type { Facts } from '../domain/facts.ts';
import { blocking } from '../domain/findings.ts';
import type { StageName } from '../domain/stages.ts';
import type { MigrationStatus } from '../domain/status.ts';
import type { Planned } from '../plan/make-plan.ts';
import type { PlanRequest } from '../plan/request.ts';

/** What planning refused, in the shape of a status: no migration was started. */
export function refusedStatus(
  request: PlanRequest,
  planned: Planned,
  startedAt: Date,
  after: Facts,
): MigrationStatus {
  const started = startedAt.toISOString();
  const ended = new Date().toISOString();
  const blocks = blocking(planned.findings);
  const message = blocks.map(({ code, subject, evidence }) => `${code} ${subject} (${evidence})`).join('; ');
  const stage = (name: StageName, note: string | null) => ({
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
    planHash: '',
    startedAt: started,
    outcome: 'refused',
    stage: 'preflight',
    stages: [stage('plan', null), stage('preflight', message)],
    waitingFor: null,
    nextAt: null,
    paused: false,
    gates: [],
    earlyVotes: [],
    findings: planned.findings,
    hosts: [],
    allowedPrincipals: [],
    journal: [],
    failure: { code: 'PREFLIGHT_BLOCKED', message },
    before: planned.facts,
    after,
  };
}
