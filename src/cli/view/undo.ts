import { type JournalEntry, type JournalStep, undoOrder } from '../../domain/migration/journal.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { policyText } from '../../report/fields.ts';

/** What an undo would do now, in its order, one sentence each; hosts that get the same are counted in one. */
export function undoSteps({
  journal,
  account,
  dmsa,
}: Pick<MigrationStatus, 'journal' | 'account' | 'dmsa'>): string[] {
  const groups = new Map<string, JournalEntry[]>();
  for (const entry of undoOrder(journal)) {
    const action = actions[entry.step](entry, { account, dmsa });
    const text = entry.status === 'intended' ? `${action}, if that took effect` : action;
    groups.set(text, [...(groups.get(text) ?? []), entry]);
  }
  return [...groups].map(([text, entries]) => text.replace('{where}', () => where(entries)));
}

type Names = Pick<MigrationStatus, 'account' | 'dmsa'>;

const actions: Record<JournalStep, (entry: JournalEntry, names: Names) => string> = {
  complete: (entry, { account, dmsa }) => {
    const spns =
      entry.step === 'complete' ? (entry.beforeImage.account?.servicePrincipalNames.length ?? 0) : 0;
    return `undo the completion: enable ${account}, move ${spns} SPNs back from ${dmsa}, both in state 1`;
  },
  link: (_, { account, dmsa }) => `unlink ${account} and ${dmsa}, both in state 0`,
  'restart-services': (entry) => {
    const services = entry.step === 'restart-services' ? entry.beforeImage.services : [];
    return `restart ${services.join(', ') || 'the services'} on {where}`;
  },
  'create-dmsa': (_, { dmsa }) => `remove ${dmsa}, which this migration created`,
  'prepare-host': (entry) => {
    if (entry.step !== 'prepare-host') return '';
    const { policy, eventLogEnabled } = entry.beforeImage;
    const value = policy ? policyText(policy) : 'as it was';
    const log = eventLogEnabled === null ? '' : `, event log ${eventLogEnabled ? 'on' : 'off'}`;
    return `put the policy back (${value}${log}) on {where}`;
  },
  'restart-host': () => 'nothing for the reboot of {where}: there is nothing to bring back',
};

function where(entries: JournalEntry[]): string {
  return entries.length === 1 ? entries[0]!.target : `${entries.length} hosts`;
}
