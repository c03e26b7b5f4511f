import type { RootDse } from '../directory/directory.ts';
import { type Check, fail, ok, unknown, warn } from './check.ts';

/** From five minutes on Kerberos refuses (MS-KILE 3.3.1, the default of the maximum clock skew). */
const mostSkewMs = 300_000;
/** A clock that is synchronised is not that far off. */
const oddSkewMs = 30_000;

/** The clock of this machine beside that of a domain controller, which tells whole seconds. */
export function checkClock({ clock }: Pick<RootDse, 'clock'>, server: string, now: () => Date): Check {
  const name = `clock of ${server}`;
  if (!clock) return unknown(name, 'the domain controller does not tell its time');
  const theirs = clock.time + (performance.now() - clock.readAt);
  return compared(name, now().getTime() - theirs, 'that of the domain controller');
}

/** `aheadMs`: how far the clock of this machine is ahead. */
export function compared(name: string, aheadMs: number, other: string): Check {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const seen = `this machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ${other}`;
  const fix =
    'Synchronise the clock of this machine with the domain (NTP); Kerberos takes no more than 5 minutes.';
  if (Math.abs(aheadMs) >= mostSkewMs) return fail(name, seen, fix);
  return Math.abs(aheadMs) >= oddSkewMs ? warn(name, seen, fix) : ok(name, seen);
}
