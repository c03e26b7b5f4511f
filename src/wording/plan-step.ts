import type { PlanStep, RestartStep } from '../domain/migration/plan-step.ts';
import type { GatePlan } from '../domain/plan/plan.ts';
import { wordExpiry, wordGate, wordVoters } from './gate.ts';
import { namedOrCounted } from './lists.ts';
import { stageTitles } from './stage.ts';
import { momentFrom } from './time.ts';

export interface PlanStepText {
  title: string;
  /** Changes, one sentence each; empty for a step that only reads or waits. */
  changes: string[];
  /** Undo of the changes; empty if nothing has to be undone. */
  undo: string[];
}

/** Words what a step of a plan will do, and what undoes it. */
export function wordPlanStep(step: PlanStep): PlanStepText {
  return { title: titleOf(step), changes: changesOf(step), undo: undoOf(step) };
}

function titleOf(step: PlanStep): string {
  switch (step.step) {
    case 'gate':
      return wordGate(step.gate);
    case 'wave-gates':
      return `Gates "wave-1" to "wave-${step.count}", before each wave`;
    case 'restore-event-logs':
      return 'Put event logs back';
    case 'restart-services':
      return step.wave ? `${stageTitles[step.step]}, ${step.wave}` : stageTitles[step.step];
    default:
      return stageTitles[step.step];
  }
}

function changesOf(step: PlanStep): string[] {
  switch (step.step) {
    case 'prepare-hosts': {
      const policy = `DelegatedMSAEnabled = 1 on ${namedOrCounted(step.hosts, 'host')}`;
      return [policy, ...(step.enablesEventLog ? ['the Kerberos operational log is enabled there'] : [])];
    }
    case 'reboot-hosts':
      return [
        `hosts that ${step.which === 'after-policy' ? 'get the policy or ' : ''}wait for a reboot are rebooted`,
      ];
    case 'create-dmsa':
      return step.exists ? [] : [`${step.dn} is created`];
    case 'link':
      return [`${step.account} and ${step.dmsa} go to state 1 and point at each other`];
    case 'restart-services':
    case 'restart-and-verify':
      return step.hosts.map(wordRestart);
    case 'complete':
      return [
        `${step.account} is disabled, both go to state 2`,
        ...step.spns.map((spn) => `SPN ${spn} moves to ${step.dmsa}`),
        ...(step.delegates ? [`delegation moves to ${step.dmsa}`] : []),
      ];
    case 'restore-event-logs':
      return step.hosts.length === 0
        ? []
        : [`the Kerberos operational log is disabled again on ${namedOrCounted(step.hosts, 'host')}`];
    default:
      return [];
  }
}

function wordRestart({ name, services, pools }: RestartStep['hosts'][number]): string {
  const work = wordWork({ services, pools });
  return work === '' ? `services and pools of ${name} are restarted` : `restart ${work} on ${name}`;
}

/** Words what is restarted on a host: `WebApp, pool Shop`; empty if there is nothing. */
export function wordWork({ services, pools = [] }: { services: string[]; pools?: string[] }): string {
  return [...services, ...pools.map((pool) => `pool ${pool}`)].join(', ');
}

function undoOf(step: PlanStep): string[] {
  switch (step.step) {
    case 'prepare-hosts':
      return ['value, key and log as they were before'];
    case 'create-dmsa':
      return step.exists ? [] : [`${step.dmsa} is removed, which this migration has created`];
    case 'link':
      return ['Undo: both in state 0 and unlinked, without the principals that have joined since'];
    case 'restart-services':
    case 'restart-and-verify':
      return step.hosts.length > 0
        ? ['the same services are restarted once more, when nothing is linked']
        : [];
    case 'complete':
      return [`Undo: ${step.account} is enabled again, SPNs and delegation are back, both in state 1`];
    default:
      return [];
  }
}

/** Words whom or what a step waits for, and until when, seen from `now`. */
export function wordPlanStepWaits(step: PlanStep, now: Date): string[] {
  const earliest = (until: string) => `until ${momentFrom(until, now)} at the earliest`;
  switch (step.step) {
    case 'gate':
      return gateWaits(step.asks, `expires ${momentFrom(step.expiresAt, now)}`);
    case 'wave-gates':
      return gateWaits(step.asks, `each expires ${step.asks.expiresAfter} after it opens`);
    case 'restart-services':
    case 'restart-and-verify':
      return step.bakesUntil === null ? [] : ['waits for the canary to run well', earliest(step.bakesUntil)];
    case 'verify-principals':
      if (step.joinBy === null) return [];
      return [
        `waits for ${namedOrCounted(step.hosts, 'host')} to join, else everything is undone`,
        `until ${momentFrom(step.joinBy, now)} at most`,
      ];
    case 'observe':
    case 'soak':
      return [earliest(step.until)];
    default:
      return [];
  }
}

function gateWaits(asks: GatePlan, expires: string): string[] {
  return [wordVoters(asks), `${expires}, then ${wordExpiry(asks)}`];
}
