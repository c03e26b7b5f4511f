import { condition } from '@temporalio/workflow';

import { withoutWords } from '../../src/domain/facts/compare.ts';
import type { Evidence } from '../../src/domain/facts/evidence.ts';
import { blocking } from '../../src/domain/findings/findings.ts';
import {
  countedVotes,
  decide,
  type Gate,
  openGate,
  reopen,
  voidVotes,
} from '../../src/domain/gates/gates.ts';
import { type GateName, gatePlan } from '../../src/domain/plan/plan.ts';
import { type Drift, findDrift } from '../../src/domain/values/drift.ts';
import { durationMs } from '../../src/domain/values/duration.ts';
import { summaries } from '../../src/wording/summary.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { failWith } from '../failures.ts';
import { isSkipped, leftOut } from '../hosts/host-decisions.ts';
import { hadToWaitForWindow } from '../hosts/windows.ts';
import { notify } from '../messages/notify.ts';
import { countGate } from '../metrics.ts';
import { publish, waitFor } from '../stage.ts';
import { inMs, type Migration, now } from '../state.ts';
import { type Reading, readAgain, requireNothingBlocking, voteOn } from '../steps/preflight.ts';
import { hadToWaitForStrangers } from '../steps/strangers.ts';
import { unlessPaused } from '../unless.ts';

/**
 * Waits until enough people have approved the evidence, and then looks again. Drift voids the votes, and people vote
 * anew. Returns once the evidence that was approved is what is there. `hosts`: hosts of the wave. Throws GATE_REJECTED,
 * GATE_EXPIRED (if the plan says undo), PREFLIGHT_BLOCKED.
 */
export async function openAndPassGate(m: Migration, name: GateName, hosts?: string[]): Promise<void> {
  const isNew = !m.state.status.gates.some((gate) => gate.name === name);
  const gate = currentGate(m, name, hosts);
  if (isNew) countGate(gate, 'opened');
  if (isNew) await notify(m, 'gate-opened');
  for (;;) {
    if ((await decision(m, gate)) === 'pointless') return close(m, gate, 'void');
    const voted = m.state.evidence!;
    const reading = await readWhileNotPaused(m, gate);
    const fresh = reading.evidence;
    // Nothing has been changed so far: this is what turning back restores.
    if (name === 'start') m.state.status.before = { ...fresh.facts };
    requireNothingBlocking(m);
    voteOn(m, reading);
    // People have seen the hash of the gate. The evidence that an ended run left may be another.
    if (fresh.hash === gate.hash) {
      if (await isNothingNew(m, gate, fresh)) break;
      continue;
    }
    const drifted = findDrift(votedOn(voted), votedOn(fresh));
    beginAnew(m, gate, fresh.hash, drifted);
    countGate(gate, 'drifted');
    await notify(m, 'drift', { drift: drifted });
  }
  countGate(gate, 'approved');
  close(m, gate, 'approved');
}

/** Voids the votes, as the evidence is another by now, and gives people the whole time again. */
export function beginAnew(m: Migration, gate: Gate, hash: string, drifted: Drift[]): void {
  voidVotes(gate);
  reopen(gate, hash, drifted);
  Object.assign(gate, { overdue: false, ...dates(m, gate.name) });
}

function dates(m: Migration, name: GateName): Pick<Gate, 'expiresAt' | 'remindAt'> {
  const { expiresAfter, remindEvery } = gatePlan(m.plan, name);
  return {
    expiresAt: inMs(durationMs(expiresAfter)),
    ...(remindEvery && { remindAt: inMs(durationMs(remindEvery)) }),
  };
}

function close(m: Migration, gate: Gate, decision: Gate['decision']): void {
  gate.decision = decision;
  publish(m);
}

/** Returns false if people have rejected, paused or skipped a host during the last look. */
async function isNothingNew(m: Migration, gate: Gate, { skipped = [] }: Evidence): Promise<boolean> {
  const { state } = m;
  await condition(() => state.queue.length === 0);
  if (state.status.paused || decide(gate) !== 'approved') return false;
  return leftOut(m, gate.name).join() === skipped.join();
}

/** Picks the facts that people vote on. Findings follow from them. */
function votedOn({ facts, skipped }: Evidence): object {
  return { ...withoutWords(facts), skipped };
}

/**
 * Looks for the last time before acting, and again after every wait: a pause may last for weeks. Strangers who have joined
 * the principals since the gate opened wait for their yes, too.
 */
async function readWhileNotPaused(m: Migration, gate: Gate): Promise<Reading> {
  const acts = gate.name !== 'start' && gate.name !== 'soak';
  for (;;) {
    await unlessPaused(m);
    if (acts && (await hadToWaitForWindow(m, 'stay'))) continue;
    const reading = await readAgain(m, gate);
    const fresh = reading.evidence;
    const goesOn = acts && blocking(fresh.findings).length === 0;
    if (goesOn && (await hadToWaitForStrangers(m, fresh.facts.dmsa?.principals ?? []))) continue;
    // Reading hundreds of hosts takes its time, and the window may have closed.
    if (goesOn && (await hadToWaitForWindow(m, 'stay'))) continue;
    if (!m.state.status.paused) return reading;
  }
}

/** Returns the gate, which is opened now or was opened by an earlier run. */
function currentGate(m: Migration, name: GateName, hosts?: string[]): Gate {
  const { gates } = m.state.status;
  const present = gates.find((gate) => gate.name === name);
  // Approvers may reject while evidence is read again.
  if (present) return Object.assign(present, { decision: 'open' as const });
  const plan = gatePlan(m.plan, name);
  const { expiresAt, ...reminder } = dates(m, name);
  const gate = openGate(name, plan, now(), expiresAt, {
    ...(m.plan.approverKeys && { signed: true }),
    ...(hosts && { hosts }),
    ...reminder,
  });
  gate.hash = m.state.evidence!.hash;
  gates.push(gate);
  return gate;
}

/**
 * Waits for enough votes. Approvers may reject until the gate is passed. Returns `pointless` if all its hosts have been
 * skipped. Throws GATE_REJECTED and GATE_EXPIRED.
 */
async function decision(m: Migration, gate: Gate): Promise<'approved' | 'pointless'> {
  publish(m);
  const isPointless = () => gate.hosts?.every((host) => isSkipped(m, host)) ?? false;
  const decided = () => decide(gate) !== 'open' || isPointless();
  while (!decided()) {
    const left = Date.parse(gate.expiresAt) - Date.now();
    const next = gate.overdue ? (gate.remindAt ?? null) : gate.expiresAt;
    waitFor(m, { kind: 'votes', gate: gate.name, required: gate.required }, next);
    // Votes that came in time are verified first. A worker that was away sees them together with the expiry.
    if (left <= 0) await condition(() => m.state.queue.length === 0);
    if (decided()) break;
    if (left <= 0) expire(m, gate);
    if (isReminderDue(m, gate)) await notify(m, 'reminder');
    const woken = () => decided() || isLong();
    const timer = nextTimer(gate);
    if (timer === null) await condition(woken);
    else await condition(woken, Math.max(1, timer - Date.now()), { summary: summaries.votesWait(gate.name) });
    await continueIfLong(m);
  }
  waitFor(m, null);
  if (decide(gate) === 'rejected') {
    gate.decision = 'rejected';
    countGate(gate, 'rejected');
    const no = countedVotes(gate).find((vote) => vote.decision === 'reject');
    const why = no?.reason || 'no reason given';
    throw failWith('GATE_REJECTED', `${no?.by ?? 'an approver'} rejected gate "${gate.name}": ${why}`);
  }
  return isPointless() ? 'pointless' : 'approved';
}

/** Time of its expiry or of the next reminder, in milliseconds, whichever is first; null if neither comes. */
function nextTimer({ overdue, expiresAt, remindAt }: Gate): number | null {
  const times = [...(overdue ? [] : [expiresAt]), ...(remindAt ? [remindAt] : [])].map(Date.parse);
  return times.length > 0 ? Math.min(...times) : null;
}

/** Returns whether a reminder is due, and sets the next one. A worker that was away for several sends one. */
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
    throw failWith('GATE_EXPIRED', `gate "${gate.name}" expired at ${gate.expiresAt}`);
  }
  if (gate.overdue) return;
  gate.overdue = true;
  publish(m);
}
