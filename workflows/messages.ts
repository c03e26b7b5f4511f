import { condition, setHandler } from '@temporalio/workflow';

import { reading } from './activities.ts';
import * as contract from './contract.ts';
import { decideOnHost } from './host-decisions.ts';
import { by, isRecord, longestText } from './payload.ts';
import { type Migration, now } from './state.ts';

/**
 * Handlers only write down what arrived; whoever waits for it acts on it. Anyone may send any payload, so none is
 * trusted to have its shape, and a malformed one never fails the workflow.
 */
export function handleMessages(m: Migration): void {
  const { state } = m;
  setHandler(contract.status, () => state.status);
  setHandler(contract.approve, (payload) => queueVote(m, 'approve', payload));
  setHandler(contract.reject, (payload) => queueVote(m, 'reject', payload));
  setHandler(contract.pause, () => {
    state.status.paused = true;
  });
  setHandler(contract.resume, () => {
    state.status.paused = false;
  });
  setHandler(contract.undo, (payload) => {
    state.undoRequest ??= by(payload);
    m.forward.cancel();
  });
  setHandler(contract.skipHost, (payload) => decideOnHost(m, 'skip', payload));
  setHandler(contract.retry, (payload) => {
    if (isRecord(payload) && payload.host !== undefined) decideOnHost(m, 'retry', payload);
    else state.retryRequest = { ...by(payload), accept: isRecord(payload) && payload.accept === true };
  });
  setHandler(contract.allowPrincipal, (payload) => {
    if (!isRecord(payload) || typeof payload.sid !== 'string' || !sidPattern.test(payload.sid)) return;
    const { sid } = payload;
    const { allowedPrincipals } = state.status;
    if (allowedPrincipals.some((each) => each.sid === sid)) return;
    allowedPrincipals.push({ sid, ...by(payload), at: now() });
  });
}

const votesAtOnce = 50;

/** Verifies votes in the order of their arrival, for as long as the workflow runs; none is lost by continue-as-new. */
export async function recordVotes(m: Migration): Promise<never> {
  const { state, plan } = m;
  for (;;) {
    await condition(() => state.queue.length > 0);
    const votes = state.queue.slice(0, votesAtOnce);
    const gate = state.status.gates.find((each) => each.decision === 'open' && each.hash !== null) ?? null;
    const recorded = await reading(
      `Verify ${votes.length === 1 ? 'a vote' : `${votes.length} votes`}`,
    ).verifyVotes({
      votes,
      gate,
      requestedBy: plan.requestedBy,
      domain: plan.domain,
    });
    const target = gate ?? state.status.gates.at(-1);
    target?.votes.push(...recorded);
    if (!target) state.status.earlyVotes.push(...recorded);
    state.queue.splice(0, votes.length);
  }
}

/** Holds the next change back while someone has paused the migration; never stops one in the middle. */
export async function unlessPaused(m: Migration): Promise<void> {
  if (m.state.status.paused) await condition(() => !m.state.status.paused);
}

function queueVote(m: Migration, decision: 'approve' | 'reject', payload: unknown): void {
  m.state.queue.push({ decision, payload: ofBearableSize(payload), receivedAt: now() });
}

/**
 * What a vote can need and no more: Temporal ends a workflow that passes megabytes on to an activity, and ended so it
 * could not undo anything. A longer text makes the vote malformed, and is recorded as that.
 */
function ofBearableSize(payload: unknown): unknown {
  if (!isRecord(payload)) return null;
  const { gate, hash, by, reason } = payload;
  const fields = Object.entries({ gate, hash, by, reason }).filter(([, value]) => value !== undefined);
  const bearable = fields.every(([, value]) => typeof value === 'string' && value.length <= longestText);
  return bearable ? Object.fromEntries(fields) : null;
}

const sidPattern = /^S-1-\d+(-\d+){1,15}$/;
