import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { timeSkippingAvailable } from '../support/time-skipping.ts';
import { holding } from './holding.ts';
import {
  openRealTheatre,
  openTheatre,
  type Rehearsal,
  type RehearsalOptions,
  rehearse,
  type Theatre,
} from './support.ts';

const server = await temporalAvailable();
const skipping = await timeSkippingAvailable();
const carol = { by: 'LAB\\carol', reason: 'enough' };
const request = { observe: '1s', checkEvery: '1s', soak: '1s' };

async function approveToEnd(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.approve();
  await rehearsal.untilStage('gate-complete');
  await rehearsal.approve();
}

const skipped = (why: string | null) => (why ? ` (skipped: ${why})` : '');

describe.skipIf(!server.available)(`while a change is under way${skipped(server.reason)}`, () => {
  let theatre: Theatre;
  // A real server: the one that skips time cannot take the cancellation of an activity that has just ended.
  beforeAll(async () => {
    theatre = await openRealTheatre();
  });
  afterAll(() => theatre?.close());

  const changes = [
    'prepareHosts',
    'createDmsa',
    'startMigration',
    'restartServices',
    'completeMigration',
  ] as const;

  describe.each(['before its effect', 'after its effect'] as const)('%s', (where) => {
    test.each(changes)('an undo waits for %s to end, and puts everything back', async (name) => {
      const { activities, reached, release } = holding(name, where);
      await rehearse(theatre, { request, activities }, async (rehearsal) => {
        if (name === 'completeMigration') await approveToEnd(rehearsal);
        else await rehearsal.approve();
        await reached;
        await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
        const asked = await rehearsal.status();
        expect(asked.stage).not.toBe('undo');
        release();
        const undone = await rehearsal.until(({ outcome }) => outcome !== 'running');
        expect(undone.outcome).toBe('undone');
        expect(undone.failure!.code).toBe('UNDO_REQUESTED');
        expect(undone.after).toEqual(undone.before);
      }).finally(release);
    });
  });

  test("Temporal's cancel during Complete is an undo of both phases", async () => {
    const { activities, reached, release } = holding('completeMigration', 'after its effect');
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      await approveToEnd(rehearsal);
      await reached;
      await theatre.env.client.workflow.getHandle(rehearsal.id).cancel();
      release();
      const undone = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(undone).toMatchObject({ outcome: 'undone', failure: { code: 'CANCELLED' } });
      expect(undone.after).toEqual(undone.before);
      expect(rehearsal.lab.counts().ssh['mgmt01.lab.example']?.operations['undo-migration']).toBe(2);
    }).finally(release);
  });

  test('an undo ends the wait of Complete for domain controllers that do not agree', async () => {
    const activities: RehearsalOptions['activities'] = () => ({
      completeMigration: async () => {
        throw new DmsaError('REPLICATION_LAGGING', 'dc2', 'dc2 has not heard of it');
      },
    });
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      await approveToEnd(rehearsal);
      await rehearsal.until(({ stage }) => stage === 'complete');
      await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
      const undone = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(undone.outcome).toBe('undone');
      expect(undone.after).toEqual(undone.before);
    });
  });
});

describe.skipIf(!skipping.available)(`a pause while hosts are prepared${skipped(skipping.reason)}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('lets all of them be prepared, and holds what comes next; what has changed until it goes on is not acted on', async () => {
    const { activities, reached, release } = holding('prepareHosts', 'before its effect');
    await rehearse(theatre, { activities }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      await rehearsal.approve();
      await reached;
      await migrations.send(id, 'pause', carol);
      release();
      const held = await rehearsal.until(({ journal }) =>
        journal.every(({ status }) => status === 'applied'),
      );
      expect(held.journal.map(({ step }) => step)).toEqual(['prepare-host', 'prepare-host', 'prepare-host']);
      await rehearsal.pass('1 day');
      await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: ['HTTP/new'] });
      expect((await rehearsal.status()).journal).toHaveLength(3);
      await migrations.send(id, 'resume', carol);
      const undone = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(undone).toMatchObject({ outcome: 'undone', failure: { code: 'DRIFTED_SINCE_START' } });
      expect(undone.failure!.message).toContain('since gate "start" was passed');
      expect(undone.failure!.message).toContain('account.servicePrincipalNames.HTTP/new: absent → HTTP/new');
      expect(undone.after).toEqual(undone.before);
      expect(undone.after!.account!.servicePrincipalNames).toEqual(['HTTP/new']);
      expect(undone.after!.dmsa).toBeNull();
      expect(lab.counts().ssh['mgmt01.lab.example']?.operations['start-migration']).toBeUndefined();
    }).finally(release);
  });

  test('goes on where all is as it was', async () => {
    const { activities, reached, release } = holding('prepareHosts', 'before its effect');
    await rehearse(theatre, { activities }, async (rehearsal) => {
      await rehearsal.approve();
      await reached;
      await rehearsal.migrations.send(rehearsal.id, 'pause', carol);
      release();
      await rehearsal.pass('1 day');
      await rehearsal.migrations.send(rehearsal.id, 'resume', carol);
      const observing = await rehearsal.untilStage('observe');
      expect(observing.failure).toBeNull();
    }).finally(release);
  });
});
