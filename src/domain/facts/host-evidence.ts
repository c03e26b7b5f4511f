import type { Verdict } from './verdict.ts';

/** Verdicts on one host's part in the migration. */
export interface HostEvidence {
  host: string;
  policy: Verdict;
  /** Event 307: the host discovered the migration. */
  discovered: Verdict;
  /** Event 308: the host added itself to the principals. */
  joined: Verdict;
  /** Event 309: the host fetched keys of the dMSA. */
  keysFetched: Verdict;
  /** Its computer account is among the principals, by LDAP. */
  principal: Verdict;
  restarted: Verdict;
  /** Build 26100 or later. */
  build: Verdict;
  /** The Kerberos log was on before the restart, so that its silence means no. */
  logOn: Verdict;
  /** Every health check of the plan, after the latest restart. */
  healthy: Verdict;
  /** Every service of the plan still logs on as the account (failure-cases.md, 4). */
  startNameKept: Verdict;
  /** The account still has "Log on as a service" (failure-cases.md, 3). */
  logonRightKept: Verdict;
  /** Source of each verdict; the latest reading holds. */
  seen: HostReading[];
  /** Operator who let the rollout go on without the host. */
  skipped?: { by?: string; reason?: string; at: string };
}

/** One reading: when, from where, and which verdicts it gave. */
export interface HostReading {
  /** ISO 8601. */
  at: string;
  source: 'host' | 'kerberos-log' | 'directory' | 'restart';
  of: EvidenceName[];
}

export const evidenceNames = [
  'policy',
  'build',
  'logOn',
  'discovered',
  'joined',
  'keysFetched',
  'principal',
  'restarted',
  'healthy',
  'startNameKept',
  'logonRightKept',
] as const satisfies (keyof HostEvidence)[];

export type EvidenceName = (typeof evidenceNames)[number];

export type Verdicts = Partial<Record<EvidenceName, Verdict>>;

/**
 * Records one reading of a host: the latest reading of a verdict holds, with its time (ISO 8601) and source. Verdicts
 * that are absent were not read. The list never has more readings than there are verdicts.
 */
export function see(
  evidence: HostEvidence,
  at: string,
  source: HostReading['source'],
  verdicts: Verdicts,
): void {
  const read = (Object.entries(verdicts) as [EvidenceName, Verdict | undefined][]).filter(
    (entry): entry is [EvidenceName, Verdict] => entry[1] !== undefined,
  );
  if (read.length === 0) return;
  const of = read.map(([name]) => name);
  for (const [name, verdict] of read) evidence[name] = verdict;
  const others = evidence.seen
    .map((seen) => ({ ...seen, of: seen.of.filter((name) => !of.includes(name)) }))
    .filter((seen) => seen.of.length > 0);
  const same = others.find((seen) => seen.at === at && seen.source === source);
  if (same) same.of.push(...of);
  else others.push({ at, source, of });
  evidence.seen = others;
}

/**
 * Drops verdicts on events that were seen before: a log forgets, but an event that happened has happened. So an earlier
 * yes keeps its own time.
 */
export function unlessSeen(evidence: HostEvidence, verdicts: Verdicts): Verdicts {
  const entries = Object.entries(verdicts) as [EvidenceName, Verdict | undefined][];
  return Object.fromEntries(entries.filter(([name]) => evidence[name] !== 'yes'));
}

/** Evidence of a host that nobody has read yet. */
export function unknownEvidence(host: string): HostEvidence {
  return {
    host,
    policy: 'unknown',
    discovered: 'unknown',
    joined: 'unknown',
    keysFetched: 'unknown',
    principal: 'unknown',
    restarted: 'unknown',
    build: 'unknown',
    logOn: 'unknown',
    healthy: 'unknown',
    startNameKept: 'unknown',
    logonRightKept: 'unknown',
    seen: [],
  };
}
