import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { addPrincipal } from '../../../lab/rules/logon.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { octets } from '../../../src/directory/entry.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { dmsaLockId } from '../../../src/domain/plan/plan.ts';
import { timeSkippingAvailable } from '../../support/time-skipping.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from '../support.ts';

const { available, reason } = await timeSkippingAvailable();

describe.skipIf(!available)(`28 days of observation${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('a migration waits its 28 days and costs no more than 250 history events in all', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      const linked = await toObservation(rehearsal);
      await rehearsal.pass('27 days');
      expect((await rehearsal.status()).stage).toBe('observe');
      await rehearsal.pass('2 days');
      await rehearsal.untilStage('gate-complete');
      await rehearsal.approve();
      await rehearsal.untilStage('soak');
      await rehearsal.pass('2 days');
      const { outcome, stages } = await rehearsal.until(({ outcome }) => outcome === 'completed');

      expect(outcome).toBe('completed');
      const observation = stages.find(({ name }) => name === 'observe')!;
      const waited = Date.parse(observation.endedAt!) - Date.parse(linked);
      expect(waited).toBeGreaterThanOrEqual(28 * day);
      // The test server dates an attempt from the failure before it, so the end is seen one look later than it is.
      expect(waited).toBeLessThan(28 * day + 11 * hour);
      const events = await historyEvents(theatre, [rehearsal.id, dmsaLockId(rehearsal.plan)]);
      expect(events).toBeLessThanOrEqual(250);
    });
  });

  test('the wait starts again when the principals change, and says why', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await toObservation(rehearsal);
      await rehearsal.pass('20 days');
      await letKioskIn(rehearsal);
      await rehearsal.pass('1 day');
      const waiting = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'strangers');
      expect(waiting.stages.at(-1)!.note).toEqual({
        kind: 'observation-restarted',
        at: expect.any(String),
      });

      const sid = waiting.findings.find(({ code }) => code === 'PRINCIPAL_UNKNOWN')!.subject;
      await rehearsal.migrations.send(rehearsal.id, 'allowPrincipal', {
        by: 'LAB\\carol',
        reason: 'known',
        sid,
      });
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      await rehearsal.pass('20 days');
      expect((await rehearsal.status()).stage).toBe('observe');
      await rehearsal.pass('8 days');
      await rehearsal.untilStage('gate-complete');
    });
  });

  test('a stranger who joins between the vote and Complete waits for a yes of its own, and voids the vote', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      await toObservation(rehearsal);
      await rehearsal.pass('29 days');
      await rehearsal.untilStage('gate-complete');
      await letKioskIn(rehearsal);
      await rehearsal.approve();
      const waiting = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'strangers');
      expect(waiting.stage).toBe('gate-complete');
      const sid = waiting.findings.find(({ code }) => code === 'PRINCIPAL_UNKNOWN')!.subject;
      await migrations.send(id, 'allowPrincipal', { by: 'LAB\\carol', reason: 'known', sid });
      const { gates, findings } = await rehearsal.until((each) =>
        each.gates.some(({ name, drift }) => name === 'complete' && drift.length > 0),
      );
      expect(gates[1]).toMatchObject({ decision: 'open' });
      expect(findings.map(({ code }) => code)).not.toContain('PRINCIPAL_UNKNOWN');
      await rehearsal.approve();
      await rehearsal.untilStage('soak');
    });
  });

  test('a link that someone else takes away meanwhile ends the observation, and nothing is undone twice', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await toObservation(rehearsal);
      const { dc, seeded } = rehearsal.lab;
      const [dmsa] = await dc.store.find(dc.store.baseDn, 'sAMAccountName', `${rehearsal.plan.dmsa.name}$`);
      await dc.store.replace(seeded.accountDn, { 'msDS-SupersededManagedAccountLink': [] });
      await rehearsal.pass('1 day');
      const parked = await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
      expect(parked.failure!.code).toBe('STATE_UNEXPECTED');
      expect(parked.waitingFor).toMatchObject({ kind: 'operator', step: 'link' });

      await dc.store.replace(seeded.accountDn, { 'msDS-SupersededManagedAccountLink': [dmsa!.dn] });
      await rehearsal.migrations.send(rehearsal.id, 'retry', {
        by: 'LAB\\carol',
        reason: 'the link is back',
      });
      expect((await rehearsal.until(({ outcome }) => outcome === 'undone')).outcome).toBe('undone');
    });
  });
});

const hour = 3_600_000;
const day = 24 * hour;

/** Approves the start and returns when the observation began, ISO 8601. */
async function toObservation(rehearsal: Rehearsal): Promise<string> {
  await rehearsal.approve();
  const { stages } = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
  return stages.find(({ name }) => name === 'observe')!.startedAt;
}

async function letKioskIn({ lab, plan }: Rehearsal): Promise<void> {
  const { dc } = lab;
  const kiosk = await dc.required(childDn('CN', 'KIOSK07', `CN=Computers,${dc.store.baseDn}`));
  const [dmsa] = await dc.store.find(dc.store.baseDn, 'sAMAccountName', `${plan.dmsa.name}$`);
  await addPrincipal(dc, dmsa!, sidText(octets(kiosk, 'objectSid')!));
}

async function historyEvents({ env }: Theatre, ids: string[]): Promise<number> {
  let events = 0;
  for (const id of ids) {
    const { history } = await env.client.workflow
      .getHandle(id)
      .fetchHistory()
      .then((fetched) => ({ history: fetched }));
    events += history.events?.length ?? 0;
  }
  return events;
}
