import type { Verdict } from '../../src/domain/facts/verdict.ts';
import type { JournalEntryOf } from '../../src/domain/migration/journal.ts';
import type { HealthCheck } from '../../src/domain/plan/plan.ts';
import { restartTimeMs } from '../../src/domain/plan/restart-time.ts';
import { durationMs } from '../../src/domain/values/duration.ts';
import { type EventVerdicts, eventVerdicts } from '../../src/inspection/events.ts';
import type { Result } from '../../src/powershell/wire/operations.ts';
import type { ActivityDeps } from '../deps.ts';
import { requireHosts } from '../gates/of-the-plan.ts';
import { type Approval, requireApproval } from '../gates/require-approval.ts';
import { backward, forward, journalled } from '../recording/journal.ts';
import { attempt, cancellationSignal, runningClock } from '../runtime.ts';
import { eachHost, FailedWith, type HostOutcome } from './each-host.ts';

export interface RestartServicesInput {
  migrationId: string;
  entries: JournalEntryOf<'restart-services'>[];
  maxParallel: number;
  /** A duration: how long one service may take to be in a state that is waited for. */
  serviceTimeout: string;
  /** `undo` starts again what does not run, too: the before-image names services that ran. */
  direction: 'forward' | 'undo';
  /** ISO 8601: services that started since then have been restarted by an earlier attempt. */
  intentAt: string;
  /** True if the Kerberos log was enabled, so that silence means no. */
  eventLogEnabled: boolean;
  /** Hosts that may fail before no more are begun; 0 where absent. */
  maxFailures?: number;
  /** Hosts on which an earlier wave of this stage failed: what it left stopped is started. */
  triedBefore?: string[];
  /** Checks that have to be healthy afterwards, by the host's name. */
  checks?: Record<string, HealthCheck[]>;
  /** StartNames as they were, by the host's name and the service's. */
  startNames?: Record<string, Record<string, string>>;
  /** The votes behind it, where the plan lists keys of approvers; an undo needs none. */
  approval?: Approval;
}

export interface RestartResult {
  restarted: string[];
  events: EventVerdicts;
  /** Application pools that were recycled. */
  recycled: string[];
  /** Services that were stopped and started along with them. */
  dependents: string[];
  /** Verdict on every service logging on as before; unknown where nobody knows how it was. */
  startNameKept: Verdict;
  /** Unknown where the plan has no check for the host. */
  healthy: Verdict;
  /** Checks that stayed unhealthy, each with its last answer. */
  unhealthy: string[];
}

/** Time for the session itself, over what services, pools and checks may take. */
const sessionMs = 30_000;

/**
 * Restarts the account's own services and recycles its pools, so that they log on again and their host joins the
 * principals [overview]. A retry leaves alone what an earlier attempt restarted, starts what it left stopped, and asks
 * every check again. A host that stays unhealthy has failed with HEALTH_CHECK_FAILED, and its result is told all the
 * same; an undo only tells it.
 */
export async function restartServices(
  deps: ActivityDeps,
  input: RestartServicesInput,
): Promise<HostOutcome<RestartResult>[]> {
  const hosts = input.entries.map((entry) => ({ name: entry.target, entry }));
  await requireAllowed(deps, input);
  const again = attempt() > 1;
  const undoing = input.direction === 'undo';
  const clock = runningClock(deps.clock);
  const restart = async ({ name, entry }: (typeof hosts)[number]) => {
    const { services, pools = [] } = entry.beforeImage;
    const checks = input.checks?.[name] ?? [];
    const when = undoing ? backward : forward;
    return await journalled(deps, { migrationId: input.migrationId, entry }, when, async () => {
      const answer = await deps.transport.run(
        name,
        'restart-services',
        {
          services,
          pools,
          checks,
          startStopped: again || undoing || (input.triedBefore ?? []).includes(name),
          unlessStartedSince: again ? input.intentAt : null,
          eventsSince: undoing ? null : input.intentAt,
          // Read when the request is made, which is when its turn has come. Of an attempt that had to wait for a worker
          // it is too early: a service may then be restarted once more, and none is left out.
          get sentAt() {
            return clock().toISOString();
          },
          timeoutSeconds: Math.ceil(durationMs(input.serviceTimeout) / 1_000),
        },
        {
          timeoutMs: restartTimeMs(entry.beforeImage, input.serviceTimeout, checks) + sessionMs,
          notAfter: cancellationSignal(),
        },
      );
      const result = resultOf(answer, checks, input, name);
      if (result.healthy === 'no' && !undoing)
        throw new FailedWith('HEALTH_CHECK_FAILED', name, result.unhealthy.join('; '), result);
      return result;
    });
  };
  const { maxFailures } = input;
  return await eachHost(hosts, input.maxParallel, restart, {
    afterFailure: undoing ? 'go-on' : 'stop',
    ...(maxFailures === undefined ? {} : { maxFailures }),
  });
}

/** An undo restarts what was restarted, without a vote; where it brings checks, it may run scripts as anything else. */
async function requireAllowed(deps: ActivityDeps, input: RestartServicesInput): Promise<void> {
  const { direction, entries, checks = {} } = input;
  if (direction === 'undo' && Object.keys(checks).length === 0) return;
  const plan = await requireApproval(deps, input, 'restart');
  requireHosts(
    plan,
    entries.map(({ target, beforeImage }) => ({ host: target, ...beforeImage, checks: checks[target] })),
  );
}

function resultOf(
  { services, pools, checks: answers, events }: Result<'restart-services'>,
  checks: HealthCheck[],
  { eventLogEnabled, startNames }: RestartServicesInput,
  host: string,
): RestartResult {
  const unhealthy = checks.flatMap((check, index) => {
    const answer = answers[index];
    if (answer?.healthy) return [];
    const told = answer ? `${answer.detail} (${answer.attempts} of ${check.attempts} attempts)` : 'no answer';
    return [`${nameOf(check)} is not healthy: ${told}`];
  });
  return {
    restarted: services.filter(({ action }) => action !== 'skipped').map(({ name }) => name),
    events: eventVerdicts(events, eventLogEnabled),
    recycled: pools.filter(({ action }) => action === 'recycled').map(({ name }) => name),
    dependents: [...new Set(services.flatMap(({ dependents }) => dependents))],
    startNameKept: startNameKept(services, startNames?.[host] ?? {}),
    healthy: checks.length === 0 ? 'unknown' : unhealthy.length === 0 ? 'yes' : 'no',
    unhealthy,
  };
}

/** One that was changed is a no, whatever is known of the others. */
function startNameKept(
  services: Result<'restart-services'>['services'],
  before: Record<string, string>,
): Verdict {
  const lower = Object.fromEntries(
    Object.entries(before).map(([name, startName]) => [name.toLowerCase(), startName.toLowerCase()]),
  );
  const kept = services.map(({ name, startName }) => {
    const was = lower[name.toLowerCase()];
    return was === undefined ? null : was === startName.toLowerCase();
  });
  if (kept.includes(false)) return 'no';
  return kept.length === 0 || kept.includes(null) ? 'unknown' : 'yes';
}

function nameOf(check: HealthCheck): string {
  if (check.kind === 'tcp') return `tcp port ${check.port}`;
  return check.kind === 'http' ? `http ${check.url}` : `script ${check.path}`;
}
