import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectionsOf } from '../../../src/connections.ts';
import { readFacts } from '../../../src/inspection/preflight.ts';
import { requireUndrifted } from '../../../src/plan/saved.ts';
import { timeSkippingAvailable } from '../../support/time-skipping.ts';
import { openTheatre, rehearse, type Theatre } from '../support.ts';

const { available, reason } = await timeSkippingAvailable();
const spn = 'HTTP/elsewhere.lab.example';

describe.skipIf(!available)(`a plan whose world has changed${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('is not started, and where it is, the migration refuses itself with what differs', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      const { lab, plan, migrations, id } = rehearsal;
      await migrations.send(id, 'undo', { by: 'LAB\\carol', reason: 'only the lab is wanted' });
      await rehearsal.until(({ outcome }) => outcome !== 'running');
      const deps = connectionsOf(lab.settings);
      try {
        const { facts: seen } = await readFacts(deps, plan, { eventsSince: null });
        await requireUndrifted({ plan, seen }, deps, new Date());
        await requireUndrifted({ plan, seen: null }, deps, new Date());
        await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: [spn] });
        const message = `account.servicePrincipalNames.${spn}: absent → ${spn}`;
        await expect(requireUndrifted({ plan, seen }, deps, new Date())).rejects.toMatchObject({
          code: 'PLAN_DRIFTED',
          message: expect.stringContaining(message),
        });
        await migrations.start(plan, seen);
        const status = await rehearsal.until(({ outcome }) => outcome !== 'running');
        expect([status.outcome, status.failure!.code]).toEqual(['refused', 'PLAN_DRIFTED']);
        expect(status.failure!.message).toContain(message);
        expect(status.journal).toEqual([]);
      } finally {
        await deps.transport.close();
      }
    });
  });
});
