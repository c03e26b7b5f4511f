import type { DmsaFacts, Facts } from '../facts/facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';

/**
 * The journal alone decides what to undo. An entry is registered before its activity runs, is plain data (it crosses
 * continue-as-new), and is mirrored outside Temporal by the activity that changes something.
 *
 * Status, and what it means for undoing:
 * - `intended`: the activity may or may not have taken effect; undoing reads first.
 * - `applied`: it took effect and was verified.
 * - `untouched`: the activity itself says that it changed nothing; nothing to undo.
 * - `undone`: the before-image was restored and verified.
 */
export type JournalStatus = 'intended' | 'applied' | 'untouched' | 'undone';

export type JournalEntry = { id: string; target: string; status: JournalStatus; registeredAt: string } & (
  | { step: 'prepare-host'; beforeImage: Pick<HostFacts, 'policy' | 'eventLogEnabled'> }
  | { step: 'create-dmsa'; beforeImage: null }
  | { step: 'link'; beforeImage: Pick<Facts, 'account' | 'dmsa'> & { createdByUs: boolean } }
  | { step: 'restart-host'; beforeImage: null }
  | { step: 'restart-services'; beforeImage: { services: string[]; pools?: string[] } }
  | { step: 'complete'; beforeImage: Pick<Facts, 'account'> & { dmsa: DmsaFacts } }
);

export type JournalStep = JournalEntry['step'];

/** An entry of one step. */
export type JournalEntryOf<S extends JournalStep> = Extract<JournalEntry, { step: S }>;

/**
 * The order of undoing: newest first, but for one thing. Services restart after both phases are undone and before
 * anything they log on through is taken away, whenever they were restarted on the way forward.
 */
const undoRank: Record<JournalStep, number> = {
  complete: 0,
  link: 1,
  'restart-services': 2,
  'create-dmsa': 3,
  'prepare-host': 4,
  // A reboot cannot be taken back. It is in the journal so that a retry claims no other reboot.
  'restart-host': 5,
};

/** Entries still to be undone, in the order of undoing. */
export function undoOrder(journal: JournalEntry[]): JournalEntry[] {
  return journal
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => entry.status === 'intended' || entry.status === 'applied')
    .sort((a, b) => undoRank[a.entry.step] - undoRank[b.entry.step] || b.index - a.index)
    .map(({ entry }) => entry);
}

/** Returns whether anything may have been changed: a migration that turns back ends `undone` then, else `refused`. */
export function hasEffect(journal: JournalEntry[]): boolean {
  return journal.some((entry) => entry.status !== 'untouched');
}

const allowed: Record<JournalStatus, JournalStatus[]> = {
  intended: ['applied', 'untouched', 'undone'],
  applied: ['undone'],
  // A later wave may come to a host that an earlier one left alone.
  untouched: ['intended'],
  undone: [],
};

/** Changes a status; nothing else does. Throws if the transition makes no sense, which is a fault of the saga. */
export function setStatus(journal: JournalEntry[], id: string, status: JournalStatus): void {
  const entry = journal.find((each) => each.id === id);
  if (!entry) throw new Error(`journal entry ${id} does not exist`);
  if (entry.status === status) return;
  if (!allowed[entry.status].includes(status))
    throw new Error(`journal entry ${id}: ${entry.status} → ${status}`);
  entry.status = status;
}
