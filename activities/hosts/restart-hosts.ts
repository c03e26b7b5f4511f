import { DmsaError, hostKeyCodes } from '../../src/domain/errors/errors.ts';
import type { JournalEntryOf } from '../../src/domain/migration/journal.ts';
import { type Duration, durationMs } from '../../src/domain/values/duration.ts';
import { readInventory } from '../../src/inspection/ask-host.ts';
import type { ActivityDeps } from '../deps.ts';
import { requireHosts } from '../gates/of-the-plan.ts';
import { type Approval, requireApproval } from '../gates/require-approval.ts';
import { forward, journalled } from '../recording/journal.ts';
import { attempt, cancellationSignal, runningClock } from '../runtime.ts';
import { eachHost, type HostOutcome } from './each-host.ts';

export interface RestartHostsInput {
  migrationId: string;
  entries: JournalEntryOf<'restart-host'>[];
  maxParallel: number;
  /** Time that a host may take to answer again after it was told to restart. */
  timeout: Duration;
  /** ISO 8601: a host that has booted since then has been restarted by an earlier attempt. */
  intentAt: string;
  /** Hosts that may fail before no more are begun; 0 where absent. */
  maxFailures?: number;
  /** The votes behind it, where the plan lists keys of approvers. */
  approval?: Approval;
}

export interface RebootResult {
  /** ISO 8601, by the clock of the host. */
  bootTime: string;
}

/** A host that restarts is looked for after a second, then ever more rarely: a server takes minutes. */
const firstLookMs = 1_000;
const lookEveryMs = 10_000;
const sessionMs = 60_000;

/** Shown on the host and written to its System log; at most 127 characters. */
const reason = 'dMSA migration: logons of delegated managed service accounts were allowed by policy';

interface Reboot extends Pick<RestartHostsInput, 'intentAt' | 'timeout'> {
  deps: ActivityDeps;
  clock: () => Date;
  /** True if an earlier attempt may have told the host already. */
  again: boolean;
}

/**
 * Restarts hosts and waits for each until it answers with a boot time after the intent; HOST_NOT_BACK where it takes
 * longer than `timeout`. An attempt that is repeated finds out what became of the first: nothing restarts twice. There
 * is nothing to undo, so that a cancellation lets hosts come back first: what undoes has to reach them.
 */
export async function restartHosts(
  deps: ActivityDeps,
  input: RestartHostsInput,
): Promise<HostOutcome<RebootResult>[]> {
  const hosts = input.entries.map((entry) => ({ name: entry.target, entry }));
  requireHosts(
    await requireApproval(deps, input, 'start'),
    hosts.map(({ name }) => ({ host: name })),
  );
  const { migrationId, maxFailures } = input;
  const reboot: Reboot = { deps, ...input, clock: runningClock(deps.clock), again: attempt() > 1 };
  const restart = ({ name, entry }: (typeof hosts)[number]) =>
    journalled(deps, { migrationId, entry }, forward, async () => ({
      bootTime: await rebooted(reboot, name),
    }));
  return await eachHost(hosts, input.maxParallel, restart, maxFailures === undefined ? {} : { maxFailures });
}

/**
 * Tells the host, and looks for it until it is back. Where nobody can say whether it has heard, it is told again once
 * it answers without having booted: it does not restart twice. A stopping worker leaves the rest to the next attempt.
 */
async function rebooted(reboot: Reboot, host: string): Promise<string> {
  const { clock, timeout, again } = reboot;
  const signal = cancellationSignal();
  const until = clock().getTime() + durationMs(timeout);
  let told = await tell(reboot, host, again);
  for (let waitMs = firstLookMs; ; waitMs = Math.min(2 * waitMs, lookEveryMs)) {
    if (told.bootTime) return told.bootTime;
    const seen = await look(reboot, host);
    if (seen.bootTime) return seen.bootTime;
    if (seen.answers && !told.heard) told = await tell(reboot, host, true);
    if (clock().getTime() >= until) {
      const last = seen.answers ? 'it answers, and has not restarted' : seen.why;
      throw new DmsaError('HOST_NOT_BACK', host, `no new boot time within ${timeout}: ${last}`);
    }
    if (signal.aborted && (signal.reason as Error).message !== 'CANCELLED') throw signal.reason;
    await reboot.deps.clock.sleep(waitMs);
  }
}

/** `heard`: it said that it restarts. `bootTime`: it has restarted already. */
interface RestartAnswer {
  heard: boolean;
  bootTime: string | null;
}

async function tell(
  { deps, intentAt, clock }: Reboot,
  host: string,
  maybeToldBefore: boolean,
): Promise<RestartAnswer> {
  const parameters = {
    reason,
    unlessBootedSince: maybeToldBefore ? intentAt : null,
    // Read when the request is made, which is when its turn has come.
    get sentAt() {
      return clock().toISOString();
    },
  };
  try {
    const options = { timeoutMs: sessionMs, notAfter: cancellationSignal() };
    const answer = await deps.transport.run(host, 'restart-host', parameters, options);
    return { heard: answer.restarting, bootTime: answer.restarting ? null : answer.bootTime };
  } catch (error) {
    const isAway = error instanceof DmsaError && error.retryable;
    // That no connection could be made says that it was not told, but for an earlier attempt.
    if (isAway && (maybeToldBefore || error.code !== 'HOST_UNREACHABLE'))
      return { heard: false, bootTime: null };
    throw error;
  }
}

/** `bootTime`: after the intent, by the host's own clock, which its answer tells. */
type BootLook = { answers: true; bootTime: string | null } | { answers: false; bootTime: null; why: string };

/** While it comes up a host may refuse a login or lack a service: only a key that is another's cannot be waited for. */
async function look({ deps, intentAt, clock }: Reboot, host: string): Promise<BootLook> {
  try {
    const seen = await readInventory(deps.transport, host, { eventsSince: null });
    const aheadMs = Date.parse(seen.clock) - clock().getTime();
    const isNew = Date.parse(seen.bootTime) >= Date.parse(intentAt) + aheadMs;
    return { answers: true, bootTime: isNew ? seen.bootTime : null };
  } catch (error) {
    if (!(error instanceof DmsaError) || hostKeyCodes.includes(error.code)) throw error;
    return { answers: false, bootTime: null, why: `${error.code} ${error.message}` };
  }
}
