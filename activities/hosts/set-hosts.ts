import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { PolicyValue } from '../../src/domain/facts/host-facts.ts';
import type { JournalEntryOf } from '../../src/domain/migration/journal.ts';
import type { Result } from '../../src/powershell/wire/operations.ts';
import type { ActivityDeps } from '../deps.ts';
import { requireHosts } from '../gates/of-the-plan.ts';
import { type Approval, requireApproval } from '../gates/require-approval.ts';
import { backward, forward, journalled } from '../recording/journal.ts';
import { cancellationSignal } from '../runtime.ts';
import { eachHost, type HostOutcome } from './each-host.ts';

export interface SetHostsInput {
  migrationId: string;
  entries: JournalEntryOf<'prepare-host'>[];
  maxParallel: number;
}

export interface PrepareHostsInput extends SetHostsInput {
  /** Hosts that may fail before no more are begun; 0 where absent. */
  maxFailures?: number;
  enableEventLog: boolean;
  /** The votes behind it, where the plan lists keys of approvers. */
  approval?: Approval;
}

export interface SetHostResult {
  changed: Result<'set-host'>['changed'];
}

interface HostSettings {
  policy: PolicyValue;
  eventLogEnabled: boolean | null;
}

const timeoutMs = 60_000;

/**
 * `DelegatedMSAEnabled` = 1, without which a host ignores dMSAs [setup, field]; and the log that proves it joined.
 * Throws APPROVAL_MISSING.
 */
export async function prepareHosts(
  deps: ActivityDeps,
  input: PrepareHostsInput,
): Promise<HostOutcome<SetHostResult>[]> {
  requireHosts(
    await requireApproval(deps, input, 'start'),
    input.entries.map(({ target }) => ({ host: target })),
  );
  const wanted: HostSettings = {
    policy: { value: 1, keyExists: true },
    eventLogEnabled: input.enableEventLog ? true : null,
  };
  return await setHosts(deps, input, () => wanted, forward, input.maxFailures);
}

/** The policy value and the log as they were, "absent" included, and nothing else (failure-cases.md, 16). */
export function restoreHosts(
  deps: ActivityDeps,
  input: SetHostsInput,
): Promise<HostOutcome<SetHostResult>[]> {
  const before = ({ beforeImage }: JournalEntryOf<'prepare-host'>): HostSettings => ({
    policy: beforeImage.policy ?? { value: null, keyExists: false },
    eventLogEnabled: beforeImage.eventLogEnabled,
  });
  return setHosts(deps, input, before, backward);
}

function setHosts(
  deps: ActivityDeps,
  { migrationId, entries, maxParallel }: SetHostsInput,
  wantedOf: (entry: JournalEntryOf<'prepare-host'>) => HostSettings,
  records: typeof forward,
  maxFailures = 0,
): Promise<HostOutcome<SetHostResult>[]> {
  const hosts = entries.map((entry) => ({ name: entry.target, entry }));
  const set = async ({ name, entry }: (typeof hosts)[number]) => {
    const wanted = wantedOf(entry);
    return await journalled(deps, { migrationId, entry }, records, async () => {
      const notAfter = cancellationSignal();
      const answer = await deps.transport.run(name, 'set-host', wanted, { timeoutMs, notAfter });
      requireWanted(name, wanted, answer);
      return { changed: answer.changed };
    });
  };
  return eachHost(hosts, maxParallel, set, {
    afterFailure: records === backward ? 'go-on' : 'stop',
    maxFailures,
  });
}

function requireWanted(
  host: string,
  wanted: HostSettings,
  found: { policy: PolicyValue; eventLogEnabled: boolean },
): void {
  const policyDiffers = wanted.policy.value !== found.policy.value;
  const logDiffers = wanted.eventLogEnabled !== null && wanted.eventLogEnabled !== found.eventLogEnabled;
  if (!policyDiffers && !logDiffers) return;
  const seen = `policy ${found.policy.value ?? 'absent'}, event log ${found.eventLogEnabled ? 'on' : 'off'}`;
  throw new DmsaError('HOST_NOT_VERIFIED', host, `the host reports success, and reads back ${seen}`);
}
