import type { RecordedVote } from '../../src/domain/gates/votes.ts';
import type { RecordedSignal } from '../../src/domain/migration/signals.ts';

/** Why what was sent did nothing; null where it was taken. */
export function codeOf(record: RecordedVote | RecordedSignal): string | null {
  return record.verdict === 'refused' ? record.code : null;
}
