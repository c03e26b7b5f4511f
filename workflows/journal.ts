import { type JournalEntryOf, type JournalStep, setStatus } from '../src/domain/migration/journal.ts';
import { type Migration, now } from './state.ts';

/**
 * Registers a change with its before-image, before its activity runs: an activity that takes effect and then times out
 * has to be undone, too. A step on a target is registered once, as undoing restores what was there before the first
 * change.
 */
export function register<S extends JournalStep>(
  m: Migration,
  step: S,
  target: string,
  beforeImage: JournalEntryOf<S>['beforeImage'],
): JournalEntryOf<S> {
  const { journal } = m.state.status;
  const id = `${step}:${target}`;
  const present = journal.find((entry) => entry.id === id) as JournalEntryOf<S> | undefined;
  if (present?.status === 'untouched') {
    setStatus(journal, id, 'intended');
    present.beforeImage = beforeImage;
  }
  if (present) return present;
  const entry = {
    id,
    step,
    target,
    status: 'intended',
    registeredAt: now(),
    beforeImage,
  } as JournalEntryOf<S>;
  journal.push(entry);
  return entry;
}
