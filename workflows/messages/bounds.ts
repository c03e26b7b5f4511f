import type { RecordedVote } from '../../src/domain/gates/votes.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';

/**
 * Most octets of each list. Anyone may send any number of signals. Their records cross continue-as-new and are answered to
 * queries, and Temporal takes at most 2 MB of either: more ends the workflow, and then nothing is undone. So the oldest
 * records are dropped. A thousand votes of the usual length fit.
 */
const most = { queue: 400_000, refusedVotes: 500_000, signals: 300_000 };

/** True if one more vote of that size may wait to be verified. */
export function hasRoom(queue: { payload: unknown }[], payload: unknown): boolean {
  return total(queue.map((vote) => sizeOf(vote.payload))) + sizeOf(payload) <= most.queue;
}

/** Keeps the latest signals. */
export function boundSignals(status: MigrationStatus): void {
  status.signals = latest(status.signals, most.signals);
}

/** Keeps the latest refused votes of all gates together. Votes that count are as few as a gate needs. */
export function boundVotes(status: MigrationStatus): void {
  let left = most.refusedVotes;
  const bounded = (votes: RecordedVote[]) => {
    const refused = latest(
      votes.filter(({ verdict }) => verdict === 'refused'),
      left,
    );
    left = Math.max(0, left - total(refused.map(sizeOf)));
    const kept = votes.filter((vote) => vote.verdict !== 'refused' || refused.includes(vote));
    status.votesLeftOut += votes.length - kept.length;
    return kept;
  };
  for (const gate of status.gates.toReversed()) gate.votes = bounded(gate.votes);
  status.earlyVotes = bounded(status.earlyVotes);
}

function latest<T>(list: T[], octets: number): T[] {
  let left = octets;
  const first = list.findLastIndex((each) => {
    left -= sizeOf(each);
    return left < 0;
  });
  return list.slice(first + 1);
}

/** Estimates the length of the JSON: names of fields and short values, and every text. */
function sizeOf(record: unknown): number {
  if (typeof record !== 'object' || record === null) return 10;
  return (
    100 + total(Object.values(record).map((value) => (typeof value === 'string' ? octetsOf(value) : 10)))
  );
}

/** Upper bound of the octets in UTF-8, without a look at each letter: it is called for thousands of texts. */
function octetsOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : 3 * text.length;
}

function total(sizes: number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
