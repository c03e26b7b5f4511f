import { ActivityFailure, condition, setCurrentDetails } from '@temporalio/workflow';

import { countedVotes, type Gate } from '../../src/domain/gates/gates.ts';
import {
  type QueuedVote,
  type RecordedVote,
  readableVote,
  type Vote,
  type VoteRefusal,
} from '../../src/domain/gates/votes.ts';
import { summaries } from '../../src/wording/summary.ts';
import { reading } from '../activities.ts';
import { currentDetails } from '../details.ts';
import { type Migration, now } from '../state.ts';
import { boundVotes, hasRoom } from './bounds.ts';
import { boundedVote, idOf } from './payload.ts';

/** Queues a vote, to be verified in its turn. */
export function queueVote(m: Migration, decision: Vote['decision'], payload: unknown): void {
  const { queue, status } = m.state;
  const vote = { decision, receivedAt: now(), ...idOf(payload), payload: boundedVote(payload) };
  if (hasRoom(queue, vote.payload)) queue.push(vote);
  else {
    (status.gates.at(-1)?.votes ?? status.earlyVotes).push(unverified(vote, 'VOTE_TOO_MANY'));
    boundVotes(status);
  }
}

/** Verifies votes in the order of their arrival, for as long as the workflow runs; none is lost by continue-as-new. */
export async function recordVotes(m: Migration): Promise<never> {
  const { state } = m;
  for (;;) {
    await condition(() => state.queue.length > 0);
    const votes = state.queue.slice(0, votesAtOnce);
    const { gates } = state.status;
    const gate = gates.find((each) => each.decision === 'open' && each.hash !== null) ?? null;
    const round = gate?.reopened;
    const recorded = await verified(m, votes, gate);
    // The evidence has changed while they were verified.
    if (gate?.reopened !== round)
      for (const vote of recorded) if (vote.verdict === 'counted') vote.verdict = 'void';
    const target = gate ?? gates.at(-1);
    target?.votes.push(...recorded);
    if (!target) state.status.earlyVotes.push(...recorded);
    state.queue.splice(0, votes.length);
    boundVotes(state.status);
    setCurrentDetails(currentDetails(state.status));
  }
}

const votesAtOnce = 50;

/** If votes cannot be verified, they do not count, and the migration continues. */
async function verified(m: Migration, votes: QueuedVote[], gate: Gate | null): Promise<RecordedVote[]> {
  const { plan, state } = m;
  const { verifyVotes } = reading(summaries.verifyVotes(votes.length));
  try {
    return await verifyVotes({
      votes,
      // Votes that do not count say nothing of others, and there may be thousands.
      gate: gate && { ...gate, votes: countedVotes(gate), drift: [] },
      decided: decidedGates(state.status.gates, gate),
      requestedBy: plan.requestedBy,
      domain: plan.domain,
      people: plan.people,
      ...(plan.approverKeys && { keys: plan.approverKeys, signedFor: signedFor(m) }),
    });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return votes.map((vote) => unverified(vote, 'VOTE_UNVERIFIED'));
  }
}

/** A vote that nobody has verified, with what it says of itself. */
function unverified({ payload, ...receipt }: QueuedVote, code: VoteRefusal): RecordedVote {
  return { ...readableVote(payload), ...receipt, verdict: 'refused', code };
}

/** The migration that a signed vote has to name. */
function signedFor({ id, plan, state }: Migration) {
  return { migration: id, execution: state.status.execution, plan: plan.hash };
}

function decidedGates(gates: Gate[], open: Gate | null): Gate['name'][] {
  return gates.filter((gate) => gate !== open && gate.decision !== 'open').map(({ name }) => name);
}
