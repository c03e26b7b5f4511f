import { ApplicationFailure, condition, patched } from '@temporalio/workflow';

import { drift } from '../src/domain/drift.ts';
import { durationMs } from '../src/domain/duration.ts';
import type { ErrorCode } from '../src/domain/errors.ts';
import type { Evidence } from '../src/domain/facts.ts';
import { blocking } from '../src/domain/findings.ts';
import { decide, type Gate, openGate, reopen, voidVotes } from '../src/domain/gates.ts';
import { type GateName, gatePlan } from '../src/domain/plan.ts';
import { continueIfLong, isLong } from './continue.ts';
import { unlessPaused } from './messages.ts';
import { countGate } from './metrics.ts';
import { notify } from './notify.ts';
import { inMs, type Migration, now, publish, waitFor } from './state.ts';
import { type Reading, readAgain, requireNothingBlocking, voteOn } from './steps/preflight.ts';
import { strangersAllowedStill } from './steps/strangers.ts';
import { hadToWaitForWindow } from './windows.ts';

/**
 * Waits until enough people have said yes to the evidence, and then looks again: what has drifted since voids the
 * votes, says so, and is voted on anew. Returns only when what was voted on is what is there. `hosts`: what a wave is
 * about. Throws GATE_REJECTED, GATE_EXPIRED (where the plan says undo), PREFLIGHT_BLOCKED.
 */
export async function openAndPassGate(m: Migration, name: GateName, hosts?: string[]): Promise<void> {
  const isNew = !m.state.status.gates.some((gate) => gate.name === name);
  const gate = currentGate(m, name, hosts);
  if (isNew) countGate(gate, 'opened');
  if (m.plan.notify && isNew) await notify(m, 'gate-opened');
  for (;;) {
    await decision(m, gate);
    const voted = m.state.evidence!;
    const reading = await readWhileNotPaused(m, gate);
    const fresh = reading.evidence;
    // Up to here nothing has been changed: what is there now is what turning back restores.
    if (name === 'start') m.state.status.before = { ...fresh.facts };
    requireNothingBlocking(m);
    voteOn(m, reading);
    // The hash of the gate is what people have seen, whatever a run that ended by hand has left as evidence.
    if (fresh.hash === gate.hash) {
      // A no that came in while this was read still counts.
      if (decide(gate) === 'approved') break;
      continue;
    }
    const drifted = drift(votedOn(voted), votedOn(fresh));
    // Before, votes counted again where what had drifted was put back as it was.
    if (patched('votes-void-for-good')) voidVotes(gate);
    reopen(gate, fresh.hash, drifted);
    countGate(gate, 'drifted');
    if (m.plan.notify) await notify(m, 'drift', { drift: drifted });
  }
  countGate(gate, 'approved');
  publish(m);
}

/** What people vote on, and are told the changes of; findings follow from it. */
function votedOn({ facts, skipped }: Evidence): object {
  return { ...facts, skipped };
}

/**
 * The last look before acting: a pause may last for weeks, so that nothing is held back between it and the deed. Who has
 * joined the principals since the gate opened is no less a stranger: another look follows the yes.
 */
async function readWhileNotPaused(m: Migration, gate: Gate): Promise<Reading> {
  const acts = gate.name !== 'start' && gate.name !== 'soak';
  for (;;) {
    await unlessPaused(m);
    if (acts && (await hadToWaitForWindow(m, 'stay'))) continue;
    const reading = await readAgain(m, gate);
    const fresh = reading.evidence;
    const goesOn = acts && blocking(fresh.findings).length === 0;
    if (goesOn && (await strangersAllowedStill(m, fresh.facts.dmsa?.principals ?? []))) continue;
    // Reading hundreds of hosts takes its time: the window may have closed meanwhile.
    if (goesOn && (await hadToWaitForWindow(m, 'stay'))) continue;
    if (!m.state.status.paused) return reading;
  }
}

/** The gate as the status shows it: opened now, or before a continue-as-new. */
function currentGate(m: Migration, name: GateName, hosts?: string[]): Gate {
  const { gates } = m.state.status;
  const present = gates.find((gate) => gate.name === name);
  if (present) return present;
  const plan = gatePlan(m.plan, name);
  const gate = openGate(name, plan, now(), inMs(durationMs(plan.expiresAfter)), {
    ...(m.plan.approverKeys && { signed: true }),
    ...(hosts && { hosts }),
    ...(plan.remindEvery && { remindAt: inMs(durationMs(plan.remindEvery)) }),
  });
  gate.hash = m.state.evidence!.hash;
  gates.push(gate);
  return gate;
}

async function decision(m: Migration, gate: Gate): Promise<void> {
  publish(m);
  const decided = () => {
    gate.decision = decide(gate);
    return gate.decision !== 'open';
  };
  while (!decided()) {
    const votes = `${gate.required} vote${gate.required === 1 ? '' : 's'}`;
    waitFor(m, `${votes} at gate "${gate.name}"`, gate.expiresAt);
    const left = Date.parse(gate.expiresAt) - Date.now();
    // Votes that came in time are verified first: a worker that was away sees them together with the expiry.
    if (left <= 0) await condition(() => m.state.queue.length === 0);
    if (decided()) break;
    if (left <= 0) expire(m, gate);
    if (isReminderDue(m, gate) && m.plan.notify) await notify(m, 'reminder');
    const woken = () => decided() || isLong();
    const next = nextTimer(gate);
    if (next === null) await condition(woken);
    else
      await condition(woken, Math.max(1, next - Date.now()), {
        summary: `Gate "${gate.name}" waits for votes`,
      });
    await continueIfLong(m);
  }
  waitFor(m, null);
  if (gate.decision === 'rejected') {
    countGate(gate, 'rejected');
    const no = gate.votes.find((vote) => vote.refused === null && vote.decision === 'reject');
    throw refused(
      'GATE_REJECTED',
      `${no?.by ?? 'an approver'} rejected gate "${gate.name}": ${no?.reason || 'no reason given'}`,
    );
  }
}

/** Its expiry, or the next reminder where that comes before; null where neither comes. */
function nextTimer({ overdue, expiresAt, remindAt }: Gate): number | null {
  const times = [...(overdue ? [] : [expiresAt]), ...(remindAt ? [remindAt] : [])].map(Date.parse);
  return times.length > 0 ? Math.min(...times) : null;
}

/** Then the next one is set. A worker that was away for several reminders sends one. */
function isReminderDue(m: Migration, gate: Gate): boolean {
  const { remindEvery } = gatePlan(m.plan, gate.name);
  if (!gate.remindAt || !remindEvery || Date.parse(gate.remindAt) > Date.now()) return false;
  gate.remindAt = inMs(durationMs(remindEvery));
  return true;
}

function expire(m: Migration, gate: Gate): void {
  if (gatePlan(m.plan, gate.name).onExpiry === 'undo') {
    gate.decision = 'expired';
    countGate(gate, 'expired');
    throw refused('GATE_EXPIRED', `gate "${gate.name}" expired at ${gate.expiresAt}`);
  }
  if (gate.overdue) return;
  gate.overdue = true;
  if (patched('needs-in-lists')) publish(m);
}

function refused(code: ErrorCode, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
