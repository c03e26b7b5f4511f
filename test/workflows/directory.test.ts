import { ApplicationFailure } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Activities } from '../../activities/index.ts';
import type { MemoryStore } from '../../lab/directory/memory-store.ts';
import type { Lab } from '../../lab/lab.ts';
import { twoControllers } from '../../lab/topology.ts';
import { childDn } from '../../src/directory/dn.ts';
import { timeSkippingAvailable } from '../support/time-skipping.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from './support.ts';

const { available, reason } = await timeSkippingAvailable();
const dc1 = 'dc1.lab.example';
const dc2 = 'dc2.lab.example';
const by = 'LAB\\carol';

describe.skipIf(!available)(`the directory meanwhile${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  describe('a KDS root key that becomes effective later', () => {
    const options = {
      topology: (topology: { rootKeys?: number[] }) => {
        topology.rootKeys = [8];
      },
      request: { waitForKds: true },
    };

    test('is waited for with a timer, and then the gate opens', async () => {
      await rehearse(theatre, options, async (rehearsal) => {
        const waiting = await rehearsal.until(({ waitingFor }) => waitingFor !== null);
        expect(waiting.waitingFor!.kind).toBe('kds-key');
        const wait = Date.parse(waiting.waitingFor!.until!) - Date.parse(waiting.startedAt);
        expect(wait).toBeGreaterThan(7.9 * hour);
        expect(wait).toBeLessThanOrEqual(8 * hour);
        await rehearsal.pass('7 hours');
        expect((await rehearsal.status()).gates).toEqual([]);
        await rehearsal.pass('2 hours');
        const { findings } = await rehearsal.untilStage('gate-start');
        expect(findings.map(({ code }) => code)).not.toContain('KDS_KEY_NOT_EFFECTIVE');
      });
    });

    test('is not waited for by someone who has asked to undo', async () => {
      await rehearse(theatre, options, async ({ until, migrations, id }) => {
        await until(({ waitingFor }) => waitingFor?.kind === 'kds-key');
        await migrations.send(id, 'undo', { by, reason: 'not this month' });
        const { failure } = await until(({ outcome }) => outcome === 'undone');
        expect(failure!.code).toBe('UNDO_REQUESTED');
      });
    });
  });

  describe('a DC that goes down', () => {
    const topology = (changed: { controllers?: ReturnType<typeof twoControllers> }) => {
      changed.controllers = twoControllers();
    };

    test('is left for the next one, where the migration stays when the first is back', async () => {
      await rehearse(theatre, { topology, request: { checkEvery: '1h' } }, async (rehearsal) => {
        const { controllers, replication } = rehearsal.lab;
        expect(rehearsal.plan.domain.server).toBe(dc1);
        await toObservation(rehearsal);
        await rehearsal.pass('674 hours');
        await rehearsal.untilStage('gate-complete');
        // For less than a ticket lifetime: replication would be failing.
        await controllers[dc1]!.stop();
        await rehearsal.approve();
        await rehearsal.untilStage('soak');
        expect(operations(rehearsal, dc2)).toEqual(['COMPLETE-MIGRATION']);
        // It is back, and has not heard of anything.
        replication!.automatic = false;
        await controllers[dc1]!.start();
        await rehearsal.pass('2 days');
        const { after } = await rehearsal.until(({ outcome }) => outcome === 'completed');
        expect(after!.account!.state).toBe(2);
        expect(operations(rehearsal, dc1)).toEqual(['START-MIGRATION']);
      });
    });

    test('while its answer to Complete is lost turns no weeks back: it is waited for, and Complete is not sent twice', async () => {
      let lab: Lab | undefined;
      const activities = (real: Activities): Partial<Activities> => ({
        completeMigration: async (input) => {
          if (operations({ lab: lab! }, dc1).includes('COMPLETE-MIGRATION'))
            return await real.completeMigration(input);
          lab!.replication!.automatic = false;
          await real.completeMigration(input);
          await lab!.controllers[dc1]!.stop();
          throw ApplicationFailure.retryable('the answer is lost', 'SESSION_LOST');
        },
      });
      const request = { checkEvery: '1h' as const };
      await rehearse(theatre, { topology, request, activities }, async (rehearsal) => {
        ({ lab } = rehearsal);
        await toObservation(rehearsal);
        await rehearsal.pass('674 hours');
        await rehearsal.untilStage('gate-complete');
        await rehearsal.approve();
        await rehearsal.until(() => operations(rehearsal, dc1).includes('COMPLETE-MIGRATION'));
        await rehearsal.pass('4 hours');
        const held = await rehearsal.until(({ waitingFor }) => waitingFor !== null);
        expect(held).toMatchObject({ stage: 'complete', outcome: 'running' });
        expect(held.waitingFor!.kind).toBe('controllers');
        await lab.controllers[dc1]!.start();
        await rehearsal.pass('1 hour');
        await rehearsal.untilStage('soak');
        expect(operations(rehearsal, dc1)).toEqual(['START-MIGRATION', 'COMPLETE-MIGRATION']);
        expect(operations(rehearsal, dc2)).toEqual([]);
      });
    });

    test('is waited for where only it knows of the link, and then the link is undone without anyone asking', async () => {
      await rehearse(theatre, { topology }, async (rehearsal) => {
        const { controllers, replication } = rehearsal.lab;
        replication!.automatic = false;
        await toObservation(rehearsal);
        await controllers[dc1]!.stop();
        await rehearsal.migrations.send(rehearsal.id, 'undo', { by, reason: 'the month-end run has failed' });
        await rehearsal.pass('1 hour');
        const parked = await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
        expect(parked.waitingFor).toMatchObject({
          kind: 'operator',
          step: 'link',
          failure: { code: 'REPLICATION_LAGGING' },
        });
        await controllers[dc1]!.start();
        await rehearsal.pass('2 hours');
        const { before, after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
        expect(after).toEqual(before);
        expect(operations(rehearsal, dc1)).toEqual(['START-MIGRATION', 'UNDO-MIGRATION']);
        expect(operations(rehearsal, dc2)).toEqual([]);
      });
    });

    test('has not heard of what is undone without it, and nothing is undone twice', async () => {
      await rehearse(theatre, { topology }, async (rehearsal) => {
        const { controllers, replication } = rehearsal.lab;
        await toObservation(rehearsal);
        await controllers[dc1]!.stop();
        await rehearsal.migrations.send(rehearsal.id, 'undo', { by, reason: 'the month-end run has failed' });
        await rehearsal.until(() => operations(rehearsal, dc2).includes('UNDO-MIGRATION'));
        replication!.automatic = false;
        await controllers[dc1]!.start();
        const { before, after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
        expect(after).toEqual(before);
        expect(operations(rehearsal, dc2)).toEqual(['UNDO-MIGRATION']);
        expect(operations(rehearsal, dc1)).toEqual(['START-MIGRATION']);
      });
    });
  });

  test('replication that fails holds a linked migration back, and lets it go on once it works', async () => {
    const topology = (changed: { controllers?: ReturnType<typeof twoControllers> }) => {
      changed.controllers = twoControllers();
    };
    await rehearse(theatre, { topology }, async (rehearsal) => {
      await toObservation(rehearsal);
      await rehearsal.pass('20 days');
      const since = new Date(await theatre.env.currentTimeMs());
      rehearsal.lab.replication!.break(since);
      await rehearsal.pass('9 days');
      const held = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'replication');
      expect(held.stage).toBe('preflight-again');
      // DS_REPL_NEIGHBOR has whole seconds.
      expect(held.waitingFor).toMatchObject({
        partner: { lastSuccess: expect.stringContaining(since.toISOString().slice(0, -5)) },
      });
      rehearsal.lab.replication!.mend();
      await rehearsal.pass('11 hours');
      await rehearsal.untilStage('gate-complete');
    });
  });

  describe('accounts that someone moves and renames in the observation', () => {
    test('are completed where they are', async () => {
      await rehearse(theatre, {}, async (rehearsal) => {
        await toObservation(rehearsal);
        const moved = await moveBoth(rehearsal);
        await rehearsal.pass('29 days');
        await rehearsal.untilStage('gate-complete');
        await rehearsal.approve();
        await rehearsal.untilStage('soak');
        await rehearsal.pass('2 days');
        const { after } = await rehearsal.until(({ outcome }) => outcome === 'completed');
        expect(after!.account).toMatchObject({ dn: moved.account, state: 2, supersededBy: moved.dmsa });
        expect(after!.dmsa).toMatchObject({ dn: moved.dmsa, state: 2, precededBy: moved.account });
      });
    });

    test('are unlinked where they are, and the move is not taken for something of ours', async () => {
      await rehearse(theatre, {}, async (rehearsal) => {
        await toObservation(rehearsal);
        const moved = await moveBoth(rehearsal);
        await rehearsal.migrations.send(rehearsal.id, 'undo', { by, reason: 'not now' });
        const { after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
        expect(after!.account).toMatchObject({ dn: moved.account, state: 0, supersededBy: null });
        expect(after!.dmsa).toBeNull();
      });
    });
  });
});

const hour = 3_600_000;

async function toObservation(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.approve();
  await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
}

/** What was done on one DC, as its own event log has it. */
function operations({ lab }: Pick<Rehearsal, 'lab'>, controller: string): string[] {
  return lab.controllers[controller]!.dc.events.flatMap(({ id, operation }) =>
    id === 3085 ? [operation] : [],
  );
}

/** Another folder for the account, and another name for the dMSA's object; both keep what they log on by. */
async function moveBoth({ lab, plan }: Rehearsal): Promise<{ account: string; dmsa: string }> {
  const store = lab.dc.store as MemoryStore;
  const folder = childDn('OU', 'Retired, but needed', store.baseDn);
  await store.add(folder, { objectClass: ['top', 'organizationalUnit'] });
  const name = `CN=${plan.account.samAccountName}`;
  await store.rename(plan.account.dn, { newRdn: name, deleteOldRdn: true, newSuperior: folder });
  const renamed = 'CN=renamed';
  await store.rename(plan.dmsa.dn, { newRdn: renamed, deleteOldRdn: true, newSuperior: null });
  return { account: `${name},${folder}`, dmsa: `${renamed},${plan.dmsa.container}` };
}
