import { setStatus } from '../../src/domain/migration/journal.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import { summaries } from '../../src/wording/summary.ts';
import { changing, undoing } from '../activities.ts';
import { approval } from '../gates/approval.ts';
import { register } from '../journal.ts';
import { keep, type Migration } from '../state.ts';
import type { Undo } from '../undo.ts';
import { unlessPaused } from '../unless.ts';

/** Creates the dMSA if it is absent. One that was there before is used, and an undo does not remove it. */
export async function createDmsa(m: Migration, current: Stage): Promise<void> {
  const { facts } = m.state.evidence!;
  if (facts.dmsa) {
    current.note = { kind: 'dmsa-present', name: facts.dmsa.samAccountName };
    return;
  }
  await unlessPaused(m);
  const entry = register(m, 'create-dmsa', m.plan.dmsa.dn, null);
  m.state.createdByUs = true;
  const create = changing(summaries.createDmsa(m.plan.dmsa.name)).createDmsa;
  const { server, ...dmsa } = await create({
    migrationId: m.id,
    entry,
    target: m.target,
    ...approval(m, 'start'),
  });
  keep(m, { server });
  facts.dmsa = dmsa;
  setStatus(m.state.status.journal, entry.id, 'applied');
  current.changed.push({ kind: 'dmsa-created', dn: facts.dmsa.dn });
}

/** Removes the dMSA that was created, recognised by its mark. */
export const undoCreateDmsa: Undo<'create-dmsa'> = async (m, [entry]) => {
  const remove = undoing(summaries.removeDmsa(m.plan.dmsa.name)).removeDmsa;
  await remove({ migrationId: m.id, entry: entry!, target: m.target });
  setStatus(m.state.status.journal, entry!.id, 'undone');
};
