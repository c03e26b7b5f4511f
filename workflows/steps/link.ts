import { setStatus } from '../../src/domain/migration/journal.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import { summaries } from '../../src/wording/summary.ts';
import { changing, undoing } from '../activities.ts';
import { approval } from '../gates/approval.ts';
import { register } from '../journal.ts';
import { again, keep, type Migration } from '../state.ts';
import type { Undo } from '../undo.ts';
import { unlessPausedOrDrifted } from './unless-drifted.ts';

/** Runs Start-ADServiceAccountMigration: both objects go to state 1 and point at each other. */
export async function link(m: Migration, current: Stage): Promise<void> {
  await unlessPausedOrDrifted(m, []);
  const { account, dmsa } = m.state.evidence!.facts;
  const entry = register(m, 'link', m.plan.dmsa.dn, { account, dmsa, createdByUs: m.state.createdByUs });
  const start = changing(summaries.startMigration).startMigration;
  keep(m, await start({ migrationId: m.id, entry, target: m.target, ...again(m), ...approval(m, 'start') }));
  setStatus(m.state.status.journal, entry.id, 'applied');
  const names = { account: m.plan.account.samAccountName, dmsa: `${m.plan.dmsa.name}$` };
  current.changed.push({ kind: 'linked', ...names });
}

/** Calls Undo once, from state 1 to 0. From a dMSA that stays, principals that hosts added are taken out again. */
export const undoLink: Undo<'link'> = async (m, [entry]) => {
  const undo = undoing(summaries.undoLink).undoLink;
  keep(m, await undo({ migrationId: m.id, entry: entry!, target: m.target }));
  setStatus(m.state.status.journal, entry!.id, 'undone');
};
