import { setStatus } from '../../src/domain/journal.ts';
import type { Stage } from '../../src/domain/stages.ts';
import { changing, undoing } from '../activities.ts';
import type { Undo } from '../compensate.ts';
import { register } from '../journal.ts';
import { keep, type Migration, now } from '../state.ts';

/** The gate has just looked, so that no pause comes between. Complete-ADServiceAccountMigration: SPNs and delegation move to the dMSA, the account is disabled. */
export async function complete(m: Migration, current: Stage): Promise<void> {
  const { account, dmsa } = m.state.evidence!.facts;
  const entry = register(m, 'complete', m.plan.dmsa.dn, { account, dmsa: dmsa! });
  m.state.completedAt = now();
  const run = changing('Complete-ADServiceAccountMigration, then read both objects').completeMigration;
  const after = await run({ migrationId: m.id, entry, target: m.target });
  keep(m, after);
  setStatus(m.state.status.journal, entry.id, 'applied');
  current.changed.push(`${m.plan.account.samAccountName} is superseded and disabled`);
  for (const spn of after.dmsa!.servicePrincipalNames)
    current.changed.push(`SPN ${spn} moved to ${m.plan.dmsa.name}$`);
}

/** One call of Undo, from state 2 to 1; then SPNs, delegation and the enabled account are compared. */
export const undoComplete: Undo<'complete'> = async (m, [entry], accept) => {
  const undo = undoing('Undo-ADServiceAccountMigration from state 2, then read both objects').undoComplete;
  keep(m, await undo({ migrationId: m.id, entry: entry!, target: m.target, accept }));
  setStatus(m.state.status.journal, entry!.id, 'undone');
};
