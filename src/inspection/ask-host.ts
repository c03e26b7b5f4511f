import { retrying } from '../async/retrying.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { Ports } from '../ports.ts';
import type { Transport } from '../powershell/transport.ts';
import type { Inventory } from '../powershell/wire/inventory.ts';

const timeoutMs = 60_000;

export interface InspectOptions {
  /** ISO 8601: also look for Kerberos events since then; null leaves the log alone. */
  eventsSince: string | null;
  signal?: AbortSignal;
}

/** Inventory of one host, or why there is none. */
export type HostAnswer =
  /** `answeredAt`: the middle of the host's session, by the clock of the worker. */
  | { name: string; inventory: Inventory; answeredAt: number; error: null }
  | { name: string; inventory: null; error: DmsaError };

/** Reads the inventory of one host, in one session. Throws what the transport throws. */
export function readInventory(
  transport: Transport,
  host: string,
  { eventsSince, signal }: InspectOptions,
): Promise<Inventory> {
  return transport.run(host, 'inspect-host', { eventsSince }, { timeoutMs, signal });
}

/** Asks one host what logs on there, again where that can help. A host that cannot be asked is an answer, too. */
export async function askHost(
  { transport, clock }: Pick<Ports, 'transport' | 'clock'>,
  name: string,
  options: InspectOptions,
): Promise<HostAnswer> {
  let sentAt = 0;
  const ask = () => {
    sentAt = clock.elapsedMs();
    return readInventory(transport, name, options);
  };
  try {
    const inventory = await retrying(clock, ask, options.signal);
    return { name, inventory, answeredAt: (sentAt + clock.elapsedMs()) / 2, error: null };
  } catch (error) {
    if (!(error instanceof DmsaError)) throw error;
    return { name, inventory: null, error };
  }
}
