import { ApplicationFailure, condition } from '@temporalio/workflow';

import { drift } from '../src/domain/drift.ts';
import { durationMs } from '../src/domain/duration.ts';
import type { ErrorCode } from '../src/domain/errors.ts';
import type { Evidence } from '../src/domain/facts.ts';
import { blocking } from '../src/domain/findings.ts';
import { decide, type Gate, openGate } from '../src/domain/gates.ts';
import type { GateName } from '../src/domain/plan.ts';
import { continueIfLong, isLong } from './continue.ts';
import { unlessPaused } from './messages.ts';
import { inMs, type Migration, now, publish, waitFor } from './state.ts';
import { readAgain, requireNothingBlocking } from './steps/preflight.ts';
import { strangersAllowedStill } from './steps/strangers.ts';
import { hadToWaitForWindow } from './windows.ts';

/**
 * Waits until enough people have said yes to the evidence, and then looks again: what has drifted since voids the
 * votes, says so, and is voted on anew. Returns only when what was voted on is what is there.
 * Throws GATE_REJECTED, GATE_EXPIRED (where the plan says undo), PREFLIGHT_BLOCKED.
 */
export async function openAndPassGate(m: Migration, name: GateName): Promise<void> {
  const gate = currentGate(m, name);
  for (;;) {
    await decision(m, gate);
    const voted = m.state.evidence!;
    const fresh = await readWhileNotPaused(m, name);
    // Up to here nothing has been changed: what is there now is what turning back restores.
    if (name === 'start') m.state.status.before = { ...fresh.facts };
    requireNothingBlocking(m);
    if (fresh.hash === voted.hash) {
      // A no that came in while this was read still counts.
      if (decide(gate) === 'approved') break;
      continue;
    }
    gate.drift.push(...drift(votedOn(voted), votedOn(fresh)));
    gate.decision = 'open';
    gate.hash = fresh.hash;
  }
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
async function readWhileNotPaused(m: Migration, name: GateName): Promise<Evidence> {
  for (;;) {
    await unlessPaused(m);
    if (name === 'complete' && (await hadToWaitForWindow(m, 'stay'))) continue;
    const fresh = await readAgain(m, name);
    const goesOn = name === 'complete' && blocking(fresh.findings).length === 0;
    if (goesOn && (await strangersAllowedStill(m, fresh.facts.dmsa?.principals ?? []))) continue;
    // Reading hundreds of hosts takes its time: the window may have closed meanwhile.
    if (name === 'complete' && goesOn && (await hadToWaitForWindow(m, 'stay'))) continue;
    if (!m.state.status.paused) return fresh;
  }
}

/** The gate as the status shows it: opened now, or before a continue-as-new. */
function currentGate(m: Migration, name: GateName): Gate {
  const { gates } = m.state.status;
  const present = gates.find((gate) => gate.name === name);
  if (present) return present;
  const plan = m.plan.gates[name];
  const gate = openGate(name, plan, now(), inMs(durationMs(plan.expiresAfter)));
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
    waitFor(
      m,
      `${gate.required} vote${gate.required === 1 ? '' : 's'} at gate "${gate.name}"`,
      gate.expiresAt,
    );
    const left = Date.parse(gate.expiresAt) - Date.now();
    // Votes that came in time are verified first: a worker that was away sees them together with the expiry.
    if (left <= 0) await condition(() => m.state.queue.length === 0);
    if (decided()) break;
    if (left <= 0) expire(m, gate);
    const woken = () => decided() || isLong();
    if (gate.overdue) await condition(woken);
    else await condition(woken, left);
    await continueIfLong(m);
  }
  waitFor(m, null);
  if (gate.decision === 'rejected') {
    const no = gate.votes.find((vote) => vote.refused === null && vote.decision === 'reject');
    throw refused(
      'GATE_REJECTED',
      `${no?.by ?? 'an approver'} rejected gate "${gate.name}": ${no?.reason || 'no reason given'}`,
    );
  }
}

function expire(m: Migration, gate: Gate): void {
  if (m.plan.gates[gate.name].onExpiry === 'undo') {
    gate.decision = 'expired';
    throw refused('GATE_EXPIRED', `gate "${gate.name}" expired at ${gate.expiresAt}`);
  }
  gate.overdue = true;
}

function refused(code: ErrorCode, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
