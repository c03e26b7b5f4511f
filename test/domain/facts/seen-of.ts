import type { EvidenceName, HostEvidence, HostReading } from '../../../src/domain/facts/host-evidence.ts';

/** Returns time and source of a verdict; null if it was never read. */
export function seenOf(evidence: HostEvidence, name: EvidenceName): Omit<HostReading, 'of'> | null {
  const seen = evidence.seen.find((each) => each.of.includes(name));
  return seen ? { at: seen.at, source: seen.source } : null;
}
