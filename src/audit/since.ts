import { type Finding, finding } from '../domain/findings/findings.ts';
import { MigrationState } from '../domain/states.ts';
import { durationMs } from '../domain/values/duration.ts';
import type { AuditPair } from './pairs.ts';
import type { Proof } from './proof.ts';

/** Since when a pair is in its state. */
export interface PairAge {
  /** ISO 8601. */
  at: string;
  /** False where nobody knows more than that it has not changed since: it may be in its state for longer. */
  exact: boolean;
}

/** Four ticket lifetimes are the longest that the start state is recommended for [overview]. */
const longest = '28d';

/** From journal or event; else since when at least, as an object that has not changed has not changed its state. */
export function sinceOf({ account, dmsa }: AuditPair, proof: Proof | null): PairAge | null {
  if (proof?.since) return { at: proof.since, exact: true };
  const unchanged = [account?.changedAt, dmsa?.changedAt].filter((time) => typeof time === 'string').sort();
  return unchanged[0] ? { at: unchanged[0], exact: false } : null;
}

/** Finds a start state that is older than 28 days: yes, no, or unknown where the objects have changed since. */
export function forgotten(pair: AuditPair, since: PairAge | null, now: Date): Finding[] {
  const { account, dmsa } = pair;
  const states = [account?.state, dmsa?.state].filter((state) => state !== undefined);
  if (!states.every((state) => state === MigrationState.Started)) return [];
  const isOld = (time: string) => now.getTime() - Date.parse(time) > durationMs(longest);
  const subject = (account ?? dmsa)!.dn;
  if (since && isOld(since.at)) {
    const words = since.exact ? `in state 1 since ${since.at}` : `in state 1 since ${since.at} or longer`;
    return [finding('MIGRATION_FORGOTTEN', subject, words)];
  }
  const created = [account?.createdAt, dmsa?.createdAt]
    .filter((time) => typeof time === 'string')
    .sort()
    .at(-1);
  if (since?.exact || (created && !isOld(created))) return [];
  const evidence = `unknown: nobody knows of its Start, and it was changed ${since?.at ?? 'at an unknown time'}`;
  return [{ ...finding('MIGRATION_FORGOTTEN', subject, evidence), severity: 'info' }];
}
