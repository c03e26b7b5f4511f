import { type Directory, withDomain } from '../src/directory/directory.ts';
import type { ApproverKey, Target } from '../src/domain/plan/plan.ts';
import type { Notifier } from '../src/notify/notifier.ts';
import type { Ports } from '../src/ports.ts';
import type { OperationName, Parameters, Result } from '../src/powershell/wire/operations.ts';
import type { Records } from '../src/records/records.ts';
import { cancellationSignal } from './runtime.ts';

/** All that activities may touch; `src/worker/worker.ts` makes the real ones from the settings. */
export interface ActivityDeps extends Ports {
  /** DNS name of the host on which the cmdlets run. */
  managementHost: string;
  /** Keys without which this worker changes no link; null where unsigned plans are taken as well. */
  approverKeys?: ApproverKey[] | null;
  /** Mirrors the journal outside Temporal, and has what was run and read. */
  records: Records;
  notifier: Notifier;
}

/**
 * Reads with one connection of its own, from the DC that is kept for the migration while it answers; a cancelled
 * activity stops reading.
 */
export function readNow<T>(
  deps: ActivityDeps,
  target: Pick<Target, 'domain'>,
  read: (directory: Directory) => Promise<T>,
): Promise<T> {
  const options = { signal: cancellationSignal(), prefer: target.domain.server };
  return withDomain(deps.connectDirectory, options, target, read);
}

/** Cmdlets of the ActiveDirectory module and the DC's answer to them [cmdlet]: slow at the worst, never hours. */
const cmdletTimeoutMs = 120_000;

/**
 * Runs a cmdlet on the management host. It is not aborted by a cancellation: an undo waits for it to end. One that
 * still waits for a session when its attempt is given up never begins: its effect would come after the undo.
 */
export function onManagementHost<N extends OperationName>(
  deps: ActivityDeps,
  operation: N,
  parameters: Parameters<N>,
): Promise<Result<N>> {
  return deps.transport.run(deps.managementHost, operation, parameters, {
    timeoutMs: cmdletTimeoutMs,
    notAfter: cancellationSignal(),
  });
}
