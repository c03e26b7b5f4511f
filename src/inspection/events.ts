import type { HostEvidence } from '../domain/facts/host-evidence.ts';
import type { Verdict } from '../domain/facts/verdict.ts';
import type { Result } from '../powershell/wire/operations.ts';

export type EventVerdicts = Pick<HostEvidence, 'discovered' | 'joined' | 'keysFetched'>;

/**
 * Judges what the Kerberos operational log of a host proves. The log is off by default, so silence means nothing unless
 * it was on: then it is a no, else unknown. A 308 whose status is not 0 is no join.
 */
export function eventVerdicts(events: Result<'inspect-host'>['events'], logEnabled: boolean): EventVerdicts {
  const seen = (id: number): Verdict => {
    const found = events.some((event) => event.id === id && succeeded(event.fields));
    return found ? 'yes' : logEnabled ? 'no' : 'unknown';
  };
  return { discovered: seen(307), joined: seen(308), keysFetched: seen(309) };
}

function succeeded(fields: Record<string, string>): boolean {
  return Number(fields.Status ?? 0) === 0;
}
