import { type JournalEntry, undoOrder } from '../domain/migration/journal.ts';
import type { MigrationStatus } from '../domain/migration/status.ts';
import { wordEventLog, wordPolicy } from './facts.ts';
import { counted, namedOrCounted } from './lists.ts';
import { wordWork } from './plan-step.ts';

/** Words what an undo would do now, in its order, one sentence each; equal work on several hosts is one sentence. */
export function wordUndo({
  journal,
  account,
  dmsa,
}: Pick<MigrationStatus, 'journal' | 'account' | 'dmsa'>): string[] {
  const groups = new Map<string, { say: (where: string) => string; targets: string[] }>();
  for (const entry of undoOrder(journal)) {
    const say = (where: string) => {
      const action = wordUndoOf(entry, { account, dmsa }, where);
      return entry.status === 'intended' ? `${action}, if that took effect` : action;
    };
    const group = groups.get(say('')) ?? { say, targets: [] };
    group.targets.push(entry.target);
    groups.set(say(''), group);
  }
  return [...groups.values()].map(({ say, targets }) => say(namedOrCounted(targets, 'host')));
}

function wordUndoOf(
  entry: JournalEntry,
  { account, dmsa }: Pick<MigrationStatus, 'account' | 'dmsa'>,
  where: string,
): string {
  switch (entry.step) {
    case 'complete': {
      const spns = entry.beforeImage.account?.servicePrincipalNames.length ?? 0;
      return `undo the completion: enable ${account}, move ${counted(spns, 'SPN')} back from ${dmsa}, both in state 1`;
    }
    case 'link':
      return `unlink ${account} and ${dmsa}, both in state 0`;
    case 'restart-services':
      return `restart ${wordWork(entry.beforeImage) || 'the services'} on ${where}`;
    case 'create-dmsa':
      return `remove ${dmsa}, which this migration created`;
    case 'prepare-host': {
      const { policy, eventLogEnabled } = entry.beforeImage;
      const log = eventLogEnabled === null ? '' : `, event log ${wordEventLog(eventLogEnabled)}`;
      return `put the policy back (${policy ? wordPolicy(policy) : 'as it was'}${log}) on ${where}`;
    }
    case 'restart-host':
      return `nothing for the reboot of ${where}: there is nothing to bring back`;
  }
}

/** Words a before-image in short, one line each: the JSON report has all of it. */
export function wordBeforeImage(entry: JournalEntry): string[] {
  switch (entry.step) {
    case 'prepare-host': {
      const { policy, eventLogEnabled } = entry.beforeImage;
      return [
        `policy ${policy ? wordPolicy(policy) : 'not set'}; event log ${wordEventLog(eventLogEnabled)}`,
      ];
    }
    case 'restart-services':
      return [wordWork(entry.beforeImage) || 'nothing runs'];
    case 'link':
    case 'complete': {
      const { account, dmsa } = entry.beforeImage;
      return [
        account
          ? `account in state ${account.state}, ${account.enabled ? 'enabled' : 'disabled'}, ${counted(account.servicePrincipalNames.length, 'SPN')}`
          : 'no account',
        dmsa ? `dMSA in state ${dmsa.state}, ${counted(dmsa.principals.length, 'principal')}` : 'no dMSA',
      ];
    }
    default:
      return ['nothing was there'];
  }
}
