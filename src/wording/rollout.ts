import type { HealthCheck, MaintenanceWindow, Plan, PlanHost } from '../domain/plan/plan.ts';
import { canaryOf, waves } from '../domain/plan/rollout.ts';
import { nextOpening, openAt } from '../domain/plan/windows.ts';
import { counted } from './lists.ts';
import { wordWork } from './plan-step.ts';
import { moment } from './time.ts';

/** Label, and lines of any width that belong to it. */
export type PlanRow = [label: string, ...lines: string[]];

/** Words the order and times in which the hosts of a plan are worked on, and what a failure does. */
export function wordRollout(plan: Plan, now: Date): PlanRow[] {
  const { hosts, rollout } = plan;
  const { canary, maxParallel, maxUnavailable, bake } = rollout;
  const all = waves(plan);
  const alone = canary > 0 ? new Set(canaryOf(plan)) : new Set<PlanHost>();
  const down = maxUnavailable === undefined ? '' : `, at most ${maxUnavailable} down at once`;
  const order = `${hosts.length}, in ${counted(all.length, 'wave')}: ${canary} first, then at most ${maxParallel} at a time${down}`;
  return [
    ['hosts', order],
    ...all.map(
      (wave, index): PlanRow => [alone.has(wave[0]!) ? 'canary' : `wave ${index + 1}`, ...wave.map(hostText)],
    ),
    ...(bake === undefined ? [] : [['bake', `${bake}, in which the canary stays healthy`] satisfies PlanRow]),
    ['failures', failureText(rollout)],
    ...(rollout.windows?.length ? [windowRow(rollout.windows, now)] : []),
    ['reboot', rebootText(rollout)],
    ...checkRows(hosts),
  ];
}

function hostText(host: PlanHost): string {
  const { name, group } = host;
  return `${name}${group === undefined ? '' : ` (${group})`}: ${wordWork(host) || 'no service'}`;
}

function failureText({ maxFailures = 0 }: Plan['rollout']): string {
  if (maxFailures === 0) return 'none: with the first host that fails everything is undone';
  const many = maxFailures === 1 ? '1 host may fail, and waits' : `${maxFailures} hosts may fail, and wait`;
  return `${many} for retry or skip; one more, and everything is undone`;
}

function rebootText({ reboot, windows = [] }: Plan['rollout']): string {
  if (!reboot) return 'never';
  const who =
    reboot === 'when-pending' ? 'that wait for a reboot' : 'that get the policy or wait for a reboot';
  return `hosts ${who}, before the link, ${windows.length > 0 ? 'in a window' : 'at any time'}`;
}

/** Row of the windows in which restarts, reboots and Complete may begin. */
function windowRow(windows: MaintenanceWindow[], now: Date): PlanRow {
  const lines = windows.map(
    ({ days, from, to, timeZone }) =>
      `${days.length > 0 ? days.join(',') : 'every day'} ${from}-${to} ${timeZone}`,
  );
  return ['windows', ...lines, openingText(windows, now)];
}

function openingText(windows: MaintenanceWindow[], now: Date): string {
  try {
    if (openAt(windows, now.toISOString())) return 'open now';
    return `next open at ${moment(nextOpening(windows, now.toISOString()))}`;
  } catch (error) {
    // A plan may come from a machine that knows more time zones.
    if (error instanceof RangeError) return 'this machine does not know when the next one opens';
    throw error;
  }
}

/** Row with each check once, and the hosts that have to pass it. */
function checkRows(hosts: PlanHost[]): PlanRow[] {
  const passing = new Map<string, string[]>();
  for (const { name, checks = [] } of hosts) {
    for (const text of new Set(checks.map(checkText)))
      passing.set(text, [...(passing.get(text) ?? []), name]);
  }
  const lines = [...passing].map(
    ([text, names]) => `${text}: ${names.length === hosts.length ? 'every host' : names.join(', ')}`,
  );
  return lines.length > 0 ? [['checks', ...lines]] : [];
}

function checkText(check: HealthCheck): string {
  const tries = check.attempts === 1 ? 'once' : `${check.attempts} times, ${check.everySeconds}s apart`;
  if (check.kind === 'tcp') return `TCP port ${check.port} (${tries})`;
  if (check.kind === 'http') return `${check.url} answers ${check.status} (${tries})`;
  return `script ${check.path} (${tries})`;
}
