import type { RecordedVote } from '../../src/domain/gates/votes.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';

/**
 * Anyone may send signals without number. What is kept of them crosses continue-as-new and is what a query answers, and
 * Temporal takes at most 2 MB of either: what is beyond that ends a migration's life, and then nothing undoes it. So each
 * list has its part, in octets; the oldest go first. A thousand votes of the usual length fit.
 */
const most = { queue: 400_000, refusedVotes: 500_000, signals: 300_000 };

/** Whether one more vote of that size may wait to be verified. */
export function hasRoom(queue: { payload: unknown }[], payload: unknown): boolean {
  return total(queue.map((vote) => sizeOf(vote.payload))) + sizeOf(payload) <= most.queue;
}

/** Of what people have sent besides votes, the latest. */
export function boundSignals(status: MigrationStatus): void {
  status.signals = latest(status.signals, most.signals);
}

/** Of votes that do not count, the latest, whatever gate they were for; those that count are as few as a gate wants. */
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

/** About as long as its JSON: names of fields and short values, and every text. */
function sizeOf(record: unknown): number {
  if (typeof record !== 'object' || record === null) return 10;
  return (
    100 + total(Object.values(record).map((value) => (typeof value === 'string' ? octetsOf(value) : 10)))
  );
}

/** In UTF-8 at the most, without looking at each letter: this is asked for each of thousands. */
function octetsOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : 3 * text.length;
}

function total(sizes: number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
