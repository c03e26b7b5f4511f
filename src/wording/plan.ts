import type { GatePlan, Plan } from '../domain/plan/plan.ts';
import { wordExpiry, wordVoters } from './gate.ts';
import { type PlanRow, wordRollout } from './rollout.ts';
import { moment } from './time.ts';

/** Words which plan it is, and for which account. */
export function wordPlanTitle({ hash, account, dmsa }: Plan): string {
  return `Plan ${hash.slice(0, 16)}: ${account.samAccountName} → ${dmsa.name}$`;
}

/** Words a plan for its approvers, without its steps. `now` decides which maintenance window opens next. */
export function wordPlan(plan: Plan, now: Date): PlanRow[] {
  const { account, dmsa, waits, domain, gates } = plan;
  const kds = plan.waitForKds ? ['first for a KDS root key, where none is effective yet'] : [];
  return [
    ['account', account.dn],
    ['dMSA', dmsa.dn, dmsa.dnsHostName],
    ['asked by', `${plan.requestedBy}, ${moment(plan.createdAt)}`],
    ['through', `${domain.server}, domain ${domain.dnsName}`],
    ...wordRollout(plan, now),
    ['on each', policyText(plan)],
    [
      'waits',
      `${waits.join} to join, ${waits.observe} of observation (read every ${waits.checkEvery})`,
      `${waits.soak} of soak after completion`,
      ...kds,
    ],
    ['start', gateText(gates.start)],
    ['waves', ...(gates.wave ? [`each: ${gateText(gates.wave)}`] : [])],
    ['complete', gateText(gates.complete)],
    ['soak', ...(gates.soak ? [gateText(gates.soak)] : [])],
    ['keys', ...signersText(plan)],
  ];
}

function policyText({ enableEventLog, restoreEventLog, rollout }: Plan): string {
  const back = restoreEventLog ? ', and put back after the soak' : '';
  const log = enableEventLog ? `, the Kerberos operational log is enabled${back}` : '';
  return `DelegatedMSAEnabled is set to 1${log}, services get ${rollout.serviceTimeout} to restart`;
}

/** Words whose signature counts, if votes have to be signed. */
function signersText({ approverKeys }: Plan): string[] {
  if (!approverKeys) return [];
  const keys = approverKeys.keys.map(({ approver, kid }) => `${approver} (${kid.slice(0, 8)})`);
  return [`only votes signed by ${keys.join(', ')} count`];
}

function gateText(gate: GatePlan): string {
  const reminded = gate.remindEvery ? `, with a reminder every ${gate.remindEvery}` : '';
  return `${wordVoters(gate)}; after ${gate.expiresAfter} ${wordExpiry(gate)}${reminded}`;
}
