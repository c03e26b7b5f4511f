import { mapLimited } from '../../src/async/limited.ts';
import { DmsaError, type ErrorCode } from '../../src/domain/errors/errors.ts';
import type { ServiceFacts } from '../../src/domain/facts/host-facts.ts';
import type { Verdict } from '../../src/domain/facts/verdict.ts';
import type { HealthCheck } from '../../src/domain/plan/plan.ts';
import { restartTimeMs } from '../../src/domain/plan/restart-time.ts';
import { type Duration, durationMs } from '../../src/domain/values/duration.ts';
import { readInventory } from '../../src/inspection/ask-host.ts';
import type { ActivityDeps } from '../deps.ts';
import { requireHosts } from '../gates/of-the-plan.ts';
import { type Approval, requireApproval } from '../gates/require-approval.ts';
import { attempt, beating, cancellationSignal, now } from '../runtime.ts';

export interface LookAtHostsInput {
  migrationId: string;
  /** The votes behind it, where the plan lists keys of approvers: checks run scripts. */
  approval?: Approval;
  hosts: HostToLookAt[];
  /** After a reboot: services that do not run are started first; absent: nothing is changed. */
  start?: { since: string; serviceTimeout: Duration };
}

export interface HostToLookAt {
  name: string;
  /** Services that ran before the migration, as they were then. */
  services: Pick<ServiceFacts, 'name' | 'startName'>[];
  checks: HealthCheck[];
}

export interface HostLook {
  host: string;
  startNameKept: Verdict;
  /** Every check of the plan; `unknown` where there is none. */
  healthy: Verdict;
  /** Reason why the host is not well; null where all is. */
  failure: { code: ErrorCode; message: string } | null;
}

const hostsAtOnce = 16;
const inspectionMs = 60_000;
/** Each attempt of a check may take that long (activities/scripts/restart-services.ps1). */
const checkMs = 30_000;
/** A host that reboots just now is not dead; one that stays away for the minutes that these take is. */
const patience = 6;

/**
 * Checks that hosts are well some time after their restart: what ran runs, as whom it ran, and its checks are healthy.
 * Throws APPROVAL_MISSING.
 */
export async function lookAtHosts(deps: ActivityDeps, input: LookAtHostsInput): Promise<HostLook[]> {
  const { hosts, start, migrationId, approval } = input;
  requireHosts(
    await requireApproval(deps, { migrationId, approval }, 'start'),
    hosts.map(({ name, services, checks }) => ({
      host: name,
      services: services.map((service) => service.name),
      checks,
    })),
  );
  return await beating(() => mapLimited(hosts, hostsAtOnce, (host) => lookAt(deps, host, start)));
}

async function lookAt(
  deps: ActivityDeps,
  host: HostToLookAt,
  start: LookAtHostsInput['start'],
): Promise<HostLook> {
  try {
    if (start) await startServices(deps, host, start);
    const unwell = await wrongServices(deps, host);
    if (unwell) return unwell;
    return await askChecks(deps, host);
  } catch (error) {
    if (!(error instanceof DmsaError) || (error.retryable && attempt() < patience)) throw error;
    const { code, message } = error;
    return { host: host.name, startNameKept: 'unknown', healthy: 'unknown', failure: { code, message } };
  }
}

async function wrongServices(deps: ActivityDeps, { name, services }: HostToLookAt): Promise<HostLook | null> {
  const options = { eventsSince: null, signal: cancellationSignal() };
  const inventory = await readInventory(deps.transport, name, options);
  const present = new Map(inventory.services.map((service) => [service.name.toLowerCase(), service]));
  for (const { name: service, startName } of services) {
    const found = present.get(service.toLowerCase());
    const kept = found?.startName.toLowerCase() === startName.toLowerCase();
    if (found && kept && found.state === 'Running') continue;
    const message = !found
      ? `${service} does not log on as an account any more`
      : kept
        ? `${service} is ${found.state}`
        : `${service} logs on as ${found.startName}, and no more as ${startName}`;
    const failure = { code: kept ? 'SERVICE_START_FAILED' : 'SERVICE_ACCOUNT_CHANGED', message } as const;
    return { host: name, startNameKept: kept ? 'yes' : 'no', healthy: 'no', failure };
  }
  return null;
}

/** Those that have started since are left alone. */
async function startServices(
  deps: ActivityDeps,
  { name, services }: HostToLookAt,
  { since, serviceTimeout }: { since: string; serviceTimeout: Duration },
): Promise<void> {
  const names = services.map((service) => service.name);
  const parameters = {
    ...askOnly,
    services: names,
    startStopped: true,
    unlessStartedSince: since,
    sentAt: now().toISOString(),
    timeoutSeconds: Math.ceil(durationMs(serviceTimeout) / 1_000),
  };
  const timeoutMs = restartTimeMs({ services: names }, serviceTimeout) + inspectionMs;
  await deps.transport.run(name, 'restart-services', parameters, {
    timeoutMs,
    notAfter: cancellationSignal(),
  });
}

const askOnly = {
  services: [],
  pools: [],
  checks: [],
  startStopped: false,
  unlessStartedSince: null,
  eventsSince: null,
  timeoutSeconds: 60,
};

/** The operation that restarts asks the checks; with no service and no pool it restarts none. */
async function askChecks(deps: ActivityDeps, { name, checks }: HostToLookAt): Promise<HostLook> {
  const well: HostLook = { host: name, startNameKept: 'yes', healthy: 'unknown', failure: null };
  if (checks.length === 0) return well;
  const atMostMs = checks.reduce(
    (sum, { attempts, everySeconds }) => sum + attempts * (everySeconds * 1_000 + checkMs),
    0,
  );
  const { checks: answers } = await deps.transport.run(
    name,
    'restart-services',
    { ...askOnly, checks, sentAt: now().toISOString() },
    { timeoutMs: atMostMs + inspectionMs, signal: cancellationSignal() },
  );
  const unhealthy = answers.find(({ healthy }) => !healthy);
  if (!unhealthy) return { ...well, healthy: 'yes' };
  return { ...well, healthy: 'no', failure: { code: 'HEALTH_CHECK_FAILED', message: unhealthy.detail } };
}
