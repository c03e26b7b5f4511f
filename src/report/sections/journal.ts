import type { JournalEntry } from '../../domain/migration/journal.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { type Block, type Cell, marked, type Row } from '../model.ts';

/** What was changed, and what an undo puts back, or has put back. */
export function journalBlocks({ journal }: MigrationStatus): Block[] {
  if (journal.length === 0) return [];
  const titles = ['Registered', 'Step', 'On', 'Stands', 'As it was before'];
  return [{ kind: 'table', name: 'journal', titles, rows: journal.map(journalRow) }];
}

function journalRow(entry: JournalEntry): Row {
  const { registeredAt, step, target, status } = entry;
  return { cells: [{ time: registeredAt }, step, target, marked(status), imageOf(entry)] };
}

/** In short: the whole image is in the JSON report. */
function imageOf(entry: JournalEntry): Cell {
  switch (entry.step) {
    case 'prepare-host': {
      const { policy, eventLogEnabled } = entry.beforeImage;
      const value = policy?.value ?? (policy?.keyExists ? 'not set, key exists' : 'not set');
      return `policy ${value}; event log ${eventLogEnabled === null ? 'unknown' : eventLogEnabled ? 'on' : 'off'}`;
    }
    case 'restart-services': {
      const { services, pools = [] } = entry.beforeImage;
      return [...services, ...pools.map((pool) => `pool ${pool}`)].join(', ') || 'nothing runs';
    }
    case 'link':
    case 'complete': {
      const { account, dmsa } = entry.beforeImage;
      const spns = (count: number) => (count === 1 ? '1 SPN' : `${count} SPNs`);
      const ofAccount = account
        ? `account in state ${account.state}, ${account.enabled ? 'enabled' : 'disabled'}, ${spns(account.servicePrincipalNames.length)}`
        : 'no account';
      const ofDmsa = dmsa ? `dMSA in state ${dmsa.state}, ${dmsa.principals.length} principals` : 'no dMSA';
      return [ofAccount, ofDmsa];
    }
    default:
      return 'nothing was there';
  }
}
