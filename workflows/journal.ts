import { type JournalEntry, type JournalStep, setStatus } from '../src/domain/migration/journal.ts';
import { type Migration, now } from './state.ts';

type Entry<S extends JournalStep> = Extract<JournalEntry, { step: S }>;

/**
 * Registers what is about to change, with its before-image, before the activity runs: an activity that takes effect
 * and then times out has to be undone, too. A step on a target is registered once: what was there before the first
 * change is what undoing restores.
 */
export function register<S extends JournalStep>(
  m: Migration,
  step: S,
  target: string,
  beforeImage: Entry<S>['beforeImage'],
): Entry<S> {
  const { journal } = m.state.status;
  const id = `${step}:${target}`;
  const present = journal.find((entry) => entry.id === id) as Entry<S> | undefined;
  if (present?.status === 'untouched') {
    setStatus(journal, id, 'intended');
    present.beforeImage = beforeImage;
  }
  if (present) return present;
  const entry = { id, step, target, status: 'intended', registeredAt: now(), beforeImage } as Entry<S>;
  journal.push(entry);
  return entry;
}
