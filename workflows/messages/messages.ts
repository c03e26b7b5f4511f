import { ActivityFailure, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';

import type { ErrorCode } from '../../src/domain/errors/errors.ts';
import {
  countedVotes,
  type Gate,
  longestOfVote,
  type RecordedVote,
  type VoteRefusal,
} from '../../src/domain/gates/gates.ts';
import { reading } from '../activities.ts';
import * as contract from '../contract.ts';
import { currentDetails } from '../details.ts';
import { retryHost, skipHost } from '../hosts/host-decisions.ts';
import { inMs, type Migration, now, type QueuedVote } from '../state.ts';
import { extension } from '../steps/observe.ts';
import { boundVotes, hasRoom } from './bounds.ts';
import { by, idOf, isRecord, textOf } from './payload.ts';
import { outcomes, type Reaction, receive, recordOf, turnsBack } from './signals.ts';

/**
 * Handlers only write down what arrived; whoever waits for it acts on it. Anyone may send any payload, so none is
 * trusted to have its shape, and a malformed one never fails the workflow.
 */
export function handleMessages(m: Migration): void {
  setHandler(contract.status, () => m.state.status);
  setHandler(contract.carried, () => m.state);
  setHandler(contract.outcomes, (name) => outcomes(m, name));
  setHandler(contract.record, (id) => recordOf(m, id));
  setHandler(contract.approve, (payload) => queueVote(m, 'approve', payload));
  setHandler(contract.reject, (payload) => queueVote(m, 'reject', payload));
  setHandler(contract.pause, (payload) => receive(m, 'pause', payload, pause));
  setHandler(contract.resume, (payload) => receive(m, 'resume', payload, resume));
  setHandler(contract.undo, (payload) => receive(m, 'undo', payload, undo));
  setHandler(contract.skipHost, (payload) => receive(m, 'skipHost', payload, skipHost));
  setHandler(contract.retry, (payload) => receive(m, 'retry', payload, retry));
  setHandler(contract.extendObservation, (payload) => receive(m, 'extendObservation', payload, extend));
  setHandler(contract.allowPrincipal, (payload) => receive(m, 'allowPrincipal', payload, allow));
}

const pause: Reaction = ({ state }) => {
  if (state.status.outcome === 'completed') return { refused: 'the migration has completed' };
  if (turnsBack(state)) return { refused: 'the migration turns back, which is not held back' };
  if (state.status.paused) return { refused: 'it is paused already' };
  state.status.paused = true;
  return {};
};

const resume: Reaction = ({ state }) => {
  if (!state.status.paused) return { refused: 'it is not paused' };
  state.status.paused = false;
  return {};
};

const undo: Reaction = (m, payload) => {
  if (turnsBack(m.state)) return { refused: 'the migration turns back already' };
  if (m.state.status.outcome === 'completed') return { refused: 'the migration has completed' };
  m.state.undoRequest = by(payload);
  m.state.status.paused = false;
  m.forward.cancel();
  return {};
};

/**
 * Of a compensation that failed; with `host`, of that host. While it is being tried, the word is for the case that it fails
 * once more; differences are accepted only when they have been named.
 */
const retry: Reaction = (m, payload) => {
  if (isRecord(payload) && payload.host !== undefined) return retryHost(m, payload);
  const { status, parked } = m.state;
  if (status.failure === null) return { refused: 'nothing waits to be tried again' };
  const accept = isRecord(payload) && payload.accept === true;
  if (accept && parked !== ('RESTORE_DIFFERS' satisfies ErrorCode))
    return { refused: 'no difference waits to be accepted (RESTORE_DIFFERS)' };
  m.state.retryRequest = { ...by(payload), accept };
  return {};
};

const extend: Reaction = (m, payload) => {
  const about = textOf(payload, 'for');
  if (turnsBack(m.state)) return { about, refused: 'the migration turns back' };
  if (m.state.status.stage !== 'observe' || !m.state.observation)
    return { about, refused: 'no observation is under way' };
  const longer = extension(m.state.observation.until, about);
  if (longer.refused !== undefined) return { about, refused: longer.refused };
  m.state.observation = { ...m.state.observation, until: inMs(longer.endsInMs) };
  return { about };
};

const allow: Reaction = ({ state }, payload) => {
  const { status } = state;
  const sid = textOf(payload, 'sid');
  if (sid === null || !sidPattern.test(sid)) return { about: sid, refused: 'it names no SID' };
  if (turnsBack(state)) return { about: sid, refused: 'the migration turns back' };
  if (status.allowedPrincipals.some((each) => each.sid === sid))
    return { about: sid, refused: 'it is allowed already' };
  if (status.allowedPrincipals.length >= mostPrincipals)
    return { about: sid, refused: `${mostPrincipals} are allowed already, and no more can be` };
  status.allowedPrincipals.push({ sid, ...by(payload), at: now() });
  return { about: sid };
};

/** A dMSA with more strangers than this is not migrated by a yes for each. */
const mostPrincipals = 200;

const votesAtOnce = 50;

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
    // What they were for has changed while they were verified.
    if (gate?.reopened !== round) for (const vote of recorded) if (vote.refused === null) vote.void = true;
    const target = gate ?? gates.at(-1);
    target?.votes.push(...recorded);
    if (!target) state.status.earlyVotes.push(...recorded);
    state.queue.splice(0, votes.length);
    boundVotes(state.status);
    setCurrentDetails(currentDetails(state.status));
  }
}

/** A worker that cannot verify votes at all keeps nothing else from going on: those votes do not count. */
async function verified(m: Migration, votes: QueuedVote[], gate: Gate | null): Promise<RecordedVote[]> {
  const { plan, state } = m;
  const { verifyVotes } = reading(`Verify ${votes.length === 1 ? 'a vote' : `${votes.length} votes`}`);
  try {
    return await verifyVotes({
      votes,
      // Votes that do not count say nothing of others, and there may be thousands.
      gate: gate && { ...gate, votes: countedVotes(gate), drift: [] },
      decided: decidedGates(state.status.gates, gate),
      requestedBy: plan.requestedBy,
      domain: plan.domain,
      ...(plan.people && { people: plan.people }),
      ...(plan.approverKeys && { keys: plan.approverKeys, signedFor: signedFor(m) }),
    });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return votes.map((vote) => unread(vote, 'VOTE_UNVERIFIED'));
  }
}

/** A vote of which nothing is known but that it came. */
function unread({ decision, payload, receivedAt }: QueuedVote, refused: VoteRefusal): RecordedVote {
  const nothing = { gate: 'start', hash: '', by: '', reason: '', identity: null } as const;
  return { ...nothing, decision, receivedAt, refused, ...idOf(payload) };
}

/** Holds the next change back while someone has paused the migration; never stops one in the middle. */
export async function unlessPaused(m: Migration): Promise<void> {
  if (m.state.status.paused) await condition(() => !m.state.status.paused);
}

/** What a signed vote has to name besides its gate: a vote for anything else does not count here. */
function signedFor({ id, plan, state }: Migration) {
  return { migration: id, execution: state.status.execution, plan: plan.hash };
}

function decidedGates(gates: Gate[], open: Gate | null): Gate['name'][] {
  return gates.filter((gate) => gate !== open && gate.decision !== 'open').map(({ name }) => name);
}

function queueVote(m: Migration, decision: 'approve' | 'reject', payload: unknown): void {
  const { queue, status } = m.state;
  const vote = { decision, payload: ofBearableSize(payload), receivedAt: now() };
  if (hasRoom(queue, vote.payload)) queue.push(vote);
  else {
    (status.gates.at(-1)?.votes ?? status.earlyVotes).push(unread(vote, 'VOTE_TOO_MANY'));
    boundVotes(status);
  }
}

/**
 * What a vote can need and no more: Temporal ends a workflow that passes megabytes on to an activity, and ended so it
 * could not undo anything. A longer text makes the vote malformed, and is recorded as that.
 */
function ofBearableSize(payload: unknown): unknown {
  if (!isRecord(payload)) return null;
  const fields = voteFields.flatMap((name) => (payload[name] === undefined ? [] : [[name, payload[name]]]));
  const bearable = fields.every(([name, value]) => {
    const longest = name === 'jws' ? longestOfVote.jws : longestOfVote.reason;
    return typeof value === 'string' && value.length <= longest;
  });
  return bearable ? { ...Object.fromEntries(fields), ...idOf(payload) } : idOf(payload);
}

const voteFields = ['gate', 'hash', 'by', 'reason', 'at', 'jws'] as const;

const sidPattern = /^S-1-\d+(-\d+){1,15}$/;
