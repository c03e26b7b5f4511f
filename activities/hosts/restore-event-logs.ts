import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { ActivityDeps } from '../deps.ts';
import { eachHost, type HostOutcome } from './each-host.ts';
import type { SetHostsInput } from './set-hosts.ts';

const timeoutMs = 60_000;

/**
 * Turns the Kerberos log off again where it was off, and leaves the policy as the migration has set it. Nothing goes to
 * the journal: what an undo puts back is the same.
 */
export function restoreEventLogs(
  deps: ActivityDeps,
  { entries, maxParallel }: Omit<SetHostsInput, 'migrationId'>,
): Promise<HostOutcome<null>[]> {
  const hosts = entries.map(({ target, beforeImage }) => ({
    name: target,
    log: beforeImage.eventLogEnabled,
  }));
  const restore = async ({ name, log }: (typeof hosts)[number]) => {
    const wanted = { policy: { value: 1, keyExists: true }, eventLogEnabled: log };
    const { eventLogEnabled } = await deps.transport.run(name, 'set-host', wanted, { timeoutMs });
    if (log !== null && eventLogEnabled !== log) {
      throw new DmsaError(
        'HOST_NOT_VERIFIED',
        name,
        'the host reports success, and its log reads back otherwise',
      );
    }
    return null;
  };
  return eachHost(hosts, maxParallel, restore, { afterFailure: 'go-on' });
}
