import { condition, proxyActivities, setHandler } from '@temporalio/workflow';

import { unknownEvidence } from '../../src/domain/facts/host-evidence.ts';
import type { RecordedVote, Vote } from '../../src/domain/gates/votes.ts';
import type { SignalName, SignalRefusalCode } from '../../src/domain/migration/signals.ts';
import type { MigrationResult, MigrationStatus } from '../../src/domain/migration/status.ts';
import * as contract from '../../workflows/contract.ts';

/** Speaks the contract of a migration and nothing else: enough to see what the client sends and reads. */
export async function migrateServiceAccount({ plan }: contract.MigrationInput): Promise<MigrationResult> {
  const status = initialStatus(plan);
  const gate = status.gates[0]!;
  let undone = false;
  const record = (decision: 'approve' | 'reject', payload: contract.VotePayload) => {
    gate.votes.push(recorded(decision, payload as Omit<Vote, 'decision'>, plan.requestedBy));
  };
  setHandler(contract.status, () => status);
  setHandler(
    contract.record,
    (id) => [...gate.votes, ...status.signals].find((each) => each.id === id) ?? null,
  );
  setHandler(contract.approve, (payload) => record('approve', payload));
  setHandler(contract.reject, (payload) => record('reject', payload));
  const heard = (
    signal: SignalName,
    { by, reason, id }: contract.SignalPayload,
    code: SignalRefusalCode | null = null,
  ) => {
    const receipt = { signal, by, reason, ...(id && { id }), at: status.startedAt };
    status.signals.push(
      code ? { ...receipt, verdict: 'refused', code } : { ...receipt, verdict: 'accepted' },
    );
  };
  setHandler(contract.pause, (who) => {
    heard('pause', who, status.paused ? 'SIGNAL_PAUSED_ALREADY' : null);
    status.paused = true;
  });
  setHandler(contract.resume, (who) => {
    heard('resume', who);
    status.paused = false;
  });
  setHandler(contract.undo, (who) => {
    heard('undo', who);
    undone = true;
  });
  setHandler(contract.allowPrincipal, ({ sid, ...who }) => {
    const { by, reason } = who;
    heard('allowPrincipal', who);
    status.allowedPrincipals.push({ sid, by, reason, at: status.startedAt });
  });
  setHandler(contract.retry, ({ accept, ...who }) => {
    heard('retry', who);
    status.failure = { code: 'RESTORE_DIFFERS', message: `accept ${accept === true}` };
  });

  const { restartServices } = proxyActivities<{ restartServices(): Promise<void> }>({
    startToCloseTimeout: '1m',
    heartbeatTimeout: '10s',
  });
  if (plan.waits.soak === '0s') await restartServices();
  await condition(() => undone || gate.votes.some(({ verdict }) => verdict === 'counted'));
  status.outcome = undone ? 'undone' : 'completed';
  const { migrationId, account, dmsa, outcome, failure } = status;
  return { migrationId, account, dmsa, outcome, failure };
}

function recorded(
  decision: Vote['decision'],
  payload: Omit<Vote, 'decision'>,
  requester: string,
): RecordedVote {
  const receivedAt = '2025-06-01T08:00:00.000Z';
  const vote = { ...payload, decision, identity: payload.by, receivedAt };
  if (payload.by === requester) return { ...vote, verdict: 'refused', code: 'VOTE_BY_REQUESTER' };
  return { ...vote, verdict: 'counted' };
}

function initialStatus(plan: contract.MigrationInput['plan']): MigrationStatus {
  const startedAt = new Date().toISOString();
  return {
    migrationId: `dmsa/${plan.domain.dnsName}/${plan.account.samAccountName}`,
    account: plan.account.samAccountName,
    dmsa: plan.dmsa.name,
    requestedBy: plan.requestedBy,
    domain: plan.domain,
    people: [],
    planHash: plan.hash,
    execution: '',
    startedAt,
    outcome: 'running',
    stage: 'gate-start',
    stages: [],
    waitingFor: null,
    paused: false,
    gates: [
      {
        name: 'start',
        hash: 'abc',
        openedAt: startedAt,
        expiresAt: startedAt,
        overdue: false,
        required: 1,
        approvers: [],
        votes: [],
        drift: [],
        reopened: 0,
        decision: 'open',
      },
    ],
    earlyVotes: [],
    votesLeftOut: 0,
    findings: [],
    hosts: plan.hosts.map(({ name }) => unknownEvidence(name)),
    allowedPrincipals: [],
    journal: [],
    failure: null,
    failedHosts: [],
    signals: [],
    before: null,
    after: null,
  };
}
