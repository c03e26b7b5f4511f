import { condition, proxyActivities, setHandler } from '@temporalio/workflow';

import type { RecordedVote, Vote } from '../../src/domain/gates.ts';
import type { MigrationResult, MigrationStatus } from '../../src/domain/status.ts';
import * as contract from '../../workflows/contract.ts';

/** Speaks the contract of a migration and nothing else: enough to see what the client sends and reads. */
export async function migrateServiceAccount({ plan }: contract.MigrationInput): Promise<MigrationResult> {
  const status = initialStatus(plan);
  const gate = status.gates[0]!;
  let undone = false;
  const record = (decision: 'approve' | 'reject', payload: Omit<Vote, 'decision'>) => {
    gate.votes.push(recorded(decision, payload, plan.requestedBy));
  };
  setHandler(contract.status, () => status);
  setHandler(contract.approve, (payload) => record('approve', payload));
  setHandler(contract.reject, (payload) => record('reject', payload));
  setHandler(contract.pause, () => {
    status.paused = true;
  });
  setHandler(contract.resume, () => {
    status.paused = false;
  });
  setHandler(contract.undo, () => {
    undone = true;
  });
  setHandler(contract.allowPrincipal, ({ sid, by, reason }) => {
    status.allowedPrincipals.push({ sid, by, reason, at: status.startedAt });
  });
  setHandler(contract.retry, ({ accept }) => {
    status.waitingFor = `accept ${accept === true}`;
  });

  const { restartServices } = proxyActivities<{ restartServices(): Promise<void> }>({
    startToCloseTimeout: '1m',
    heartbeatTimeout: '10s',
  });
  if (plan.waits.soak === '0s') await restartServices();
  await condition(() => undone || gate.votes.some((vote) => !vote.refused));
  status.outcome = undone ? 'undone' : 'completed';
  const { migrationId, account, dmsa, outcome, failure } = status;
  return { migrationId, account, dmsa, outcome, failure };
}

function recorded(
  decision: Vote['decision'],
  payload: Omit<Vote, 'decision'>,
  requester: string,
): RecordedVote {
  const refused = payload.by === requester ? 'VOTE_BY_REQUESTER' : null;
  return { ...payload, decision, identity: payload.by, receivedAt: '2025-06-01T08:00:00.000Z', refused };
}

function initialStatus(plan: contract.MigrationInput['plan']): MigrationStatus {
  const startedAt = new Date().toISOString();
  return {
    migrationId: `dmsa/${plan.domain.dnsName}/${plan.account.samAccountName}`,
    account: plan.account.samAccountName,
    dmsa: plan.dmsa.name,
    requestedBy: plan.requestedBy,
    planHash: plan.hash,
    startedAt,
    outcome: 'running',
    stage: 'gate-start',
    stages: [],
    waitingFor: null,
    nextAt: null,
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
        decision: 'open',
      },
    ],
    earlyVotes: [],
    findings: [],
    hosts: plan.hosts.map(({ name }) => ({
      host: name,
      policy: 'unknown',
      discovered: 'unknown',
      joined: 'unknown',
      keysFetched: 'unknown',
      principal: 'unknown',
      restarted: 'unknown',
    })),
    allowedPrincipals: [],
    journal: [],
    failure: null,
    before: null,
    after: null,
  };
}
