import { condition, setHandler } from '@temporalio/workflow';

import type { Gate } from '../src/domain/gates.ts';
import { reading } from './activities.ts';
import * as contract from './contract.ts';
import { retryHost, skipHost } from './host-decisions.ts';
import { by, idOf, isRecord, longestText, textOf } from './payload.ts';
import { outcomes, type Reaction, receive, turnsBack } from './signals.ts';
import { inMs, type Migration, now } from './state.ts';
import { extension } from './steps/observe.ts';

/**
 * Handlers only write down what arrived; whoever waits for it acts on it. Anyone may send any payload, so none is
 * trusted to have its shape, and a malformed one never fails the workflow.
 */
export function handleMessages(m: Migration): void {
  setHandler(contract.status, () => m.state.status);
  setHandler(contract.carried, () => m.state);
  setHandler(contract.outcomes, (name) => outcomes(m, name));
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

/** Of a compensation that failed; with `host`, of that host. */
const retry: Reaction = (m, payload) => {
  if (isRecord(payload) && payload.host !== undefined) return retryHost(m, payload);
  if (m.state.status.outcome !== 'needs-operator') return { refused: 'nothing waits to be tried again' };
  m.state.retryRequest = { ...by(payload), accept: isRecord(payload) && payload.accept === true };
  return {};
};

const extend: Reaction = (m, payload) => {
  const about = textOf(payload, 'for');
  if (m.state.status.stage !== 'observe' || !m.state.observation)
    return { about, refused: 'no observation is under way' };
  const longer = extension(m.state.observation.until, about);
  if (longer.refused !== undefined) return { about, refused: longer.refused };
  m.state.observation = { ...m.state.observation, until: inMs(longer.endsInMs) };
  return { about };
};

const allow: Reaction = ({ state: { status } }, payload) => {
  const sid = textOf(payload, 'sid');
  if (sid === null || !sidPattern.test(sid)) return { about: sid, refused: 'it names no SID' };
  if (status.allowedPrincipals.some((each) => each.sid === sid))
    return { about: sid, refused: 'it is allowed already' };
  status.allowedPrincipals.push({ sid, ...by(payload), at: now() });
  return { about: sid };
};

const votesAtOnce = 50;

/** Verifies votes in the order of their arrival, for as long as the workflow runs; none is lost by continue-as-new. */
export async function recordVotes(m: Migration): Promise<never> {
  const { state, plan } = m;
  for (;;) {
    await condition(() => state.queue.length > 0);
    const votes = state.queue.slice(0, votesAtOnce);
    const { gates } = state.status;
    const gate = gates.find((each) => each.decision === 'open' && each.hash !== null) ?? null;
    const recorded = await reading(
      `Verify ${votes.length === 1 ? 'a vote' : `${votes.length} votes`}`,
    ).verifyVotes({
      votes,
      gate,
      decided: decidedGates(gates, gate),
      requestedBy: plan.requestedBy,
      domain: plan.domain,
      ...(plan.people && { people: plan.people }),
      ...(plan.approverKeys && { keys: plan.approverKeys, signedFor: signedFor(m) }),
    });
    const target = gate ?? gates.at(-1);
    target?.votes.push(...recorded);
    if (!target) state.status.earlyVotes.push(...recorded);
    state.queue.splice(0, votes.length);
  }
}

/** Holds the next change back while someone has paused the migration; never stops one in the middle. */
export async function unlessPaused(m: Migration): Promise<void> {
  if (m.state.status.paused) await condition(() => !m.state.status.paused);
}

/** What a signed vote has to name besides its gate: a vote for anything else does not count here. */
function signedFor({ id, plan, state }: Migration) {
  return { migration: id, execution: state.status.execution ?? '', plan: plan.hash };
}

function decidedGates(gates: Gate[], open: Gate | null): Gate['name'][] {
  return gates.filter((gate) => gate !== open && gate.decision !== 'open').map(({ name }) => name);
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
  const fields = voteFields.flatMap((name) => (payload[name] === undefined ? [] : [[name, payload[name]]]));
  const bearable = fields.every(([name, value]) => {
    const longest = name === 'jws' ? longestJws : longestText;
    return typeof value === 'string' && value.length <= longest;
  });
  return bearable ? { ...Object.fromEntries(fields), ...idOf(payload) } : idOf(payload);
}

const voteFields = ['gate', 'hash', 'by', 'reason', 'at', 'jws'] as const;

/** A reason of 1,024 characters of four octets, in base64, and what stands around it. */
const longestJws = 8192;

const sidPattern = /^S-1-\d+(-\d+){1,15}$/;
