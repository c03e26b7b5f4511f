import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { driftText } from '../../src/domain/values/drift.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { holding } from './holding.ts';
import { openRealTheatre, type Rehearsal, rehearse, type Theatre } from './support.ts';

const { available, reason } = await temporalAvailable();
const carol = { by: 'LAB\\carol', reason: 'terminated by mistake', wait: '1s' };
const { wait: _, ...who } = carol;
const request = { observe: '6s', checkEvery: '1s', soak: '1s' };

describe.skipIf(!available)(`a migration that was terminated${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  // A real server: the one that skips time waits for activities of ended workflows.
  beforeAll(async () => {
    theatre = await openRealTheatre();
  });
  afterAll(() => theatre?.close());

  const terminate = (rehearsal: Rehearsal) =>
    theatre.env.client.workflow.getHandle(rehearsal.id).terminate('by mistake');

  test('says what can be done, and one that runs or has ended by itself is not adopted', async () => {
    await rehearse(theatre, { request }, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      await rehearsal.until(({ gates }) => gates.length === 1);
      await expect(migrations.adopt(id, carol)).rejects.toMatchObject({ code: 'MIGRATION_RUNNING' });
      await terminate(rehearsal);
      const status = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(status.outcome).toBe('needs-operator');
      expect(status.failure!.message).toContain('dmsa resume --adopt goes on with it');
      await migrations.adopt(id, carol);
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'votes' && waitingFor.gate === 'start');
      await migrations.send(id, 'undo', who);
      await rehearsal.until(({ outcome }) => outcome === 'undone');
      await expect(migrations.adopt(id, carol)).rejects.toMatchObject({ code: 'MIGRATION_ENDED' });
    });
  });

  test('in the observation goes on with its votes and its date, restarts nothing again, and completes', async () => {
    await rehearse(theatre, { request }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      await rehearsal.approve();
      const observing = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      const restarts = lab.hosts.map((host) => host.restarts);
      await terminate(rehearsal);
      await migrations.adopt(id, carol);
      const going = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      expect(going.waitingFor!.until).toBe(observing.waitingFor!.until);
      expect(going.startedAt).toBe(observing.startedAt);
      expect(going.execution).toBe(observing.execution);
      expect(going.gates[0]!.votes).toEqual(observing.gates[0]!.votes);
      expect(going.signals!.at(-1)).toMatchObject({ signal: 'resume', adopted: true, ...who });
      expect(lab.hosts.map((host) => host.restarts)).toEqual(restarts);
      await rehearsal.untilStage('gate-complete');
      await rehearsal.approve();
      expect((await rehearsal.until(({ outcome }) => outcome !== 'running')).outcome).toBe('completed');
    });
  });

  test('between votes and deed asks people about what has changed since they voted, which nobody has seen yet', async () => {
    // The look just before acting: it sees what the voters have not.
    const { activities, reached, release } = holding('preflight', 'before its effect', 2);
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      await rehearsal.approve();
      await reached;
      const voted = (await rehearsal.status()).gates[0]!.hash;
      await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: ['HTTP/unseen'] });
      await migrations.send(id, 'pause', who);
      release();
      const pending = async () =>
        (await theatre.env.client.workflow.getHandle(id).describe()).raw.pendingActivities?.length ?? 0;
      await expect.poll(pending, { timeout: 30_000 }).toBe(0);
      expect((await rehearsal.status()).paused).toBe(true);
      await terminate(rehearsal);
      await migrations.adopt(id, carol);
      const asked = await rehearsal.until(({ gates }) => gates[0]!.drift.length > 0);
      const drift = [{ path: 'account.servicePrincipalNames.HTTP/unseen', after: 'HTTP/unseen' }];
      expect(asked.gates[0]).toMatchObject({ decision: 'open', drift: expect.arrayContaining(drift) });
      expect(asked.gates[0]!.hash).not.toBe(voted);
      expect(asked.journal).toEqual([]);
    });
  });

  test('while its link was under way recognises that link as its own', async () => {
    const calls: string[] = [];
    const held = Promise.withResolvers<void>();
    const activities = (real: Parameters<NonNullable<Parameters<typeof rehearse>[1]['activities']>>[0]) => ({
      startMigration: async (input: Parameters<typeof real.startMigration>[0]) => {
        const linked = await real.startMigration(input);
        calls.push('linked');
        // Its answer comes after the run has ended.
        if (calls.length === 1) await held.promise;
        return linked;
      },
    });
    await rehearse(theatre, { request: { ...request, observe: '1h' }, activities }, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      await rehearsal.approve();
      await expect.poll(() => calls.length, { timeout: 30_000 }).toBe(1);
      await terminate(rehearsal);
      held.resolve();
      await migrations.adopt(id, carol);
      const status = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      expect(status.failure).toBeNull();
      expect(linkOf(status)).toMatchObject({ status: 'applied' });
      expect(calls).toEqual(['linked', 'linked']);
      await migrations.send(id, 'undo', who);
      const undone = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(undone.outcome).toBe('undone');
      expect(undone.after!.account).toEqual(undone.before!.account);
    });
  });

  test('before Complete had any effect is asked about what has changed since, and completes with a new yes', async () => {
    const held = Promise.withResolvers<void>();
    let completing = 0;
    const activities = (real: Parameters<NonNullable<Parameters<typeof rehearse>[1]['activities']>>[0]) => ({
      completeMigration: async (input: Parameters<typeof real.completeMigration>[0]) => {
        if (++completing > 1) return await real.completeMigration(input);
        // It never comes to its cmdlet.
        await held.promise;
        throw new Error('ended');
      },
    });
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      await rehearsal.approve();
      await rehearsal.untilStage('gate-complete');
      await rehearsal.approve();
      await expect.poll(() => completing, { timeout: 30_000 }).toBe(1);
      await terminate(rehearsal);
      held.resolve();
      await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: ['HTTP/unseen'] });
      await migrations.adopt(id, carol);
      const asked = await rehearsal.until(({ gates }) => gates[1]!.drift.length > 0);
      const drift = 'account.servicePrincipalNames.HTTP/unseen: absent → HTTP/unseen';
      expect(asked.gates[1]!.drift.map(driftText)).toContain(drift);
      expect(asked.gates[1]).toMatchObject({ decision: 'open', votes: [{ verdict: 'void' }] });
      expect(completing).toBe(1);
      await rehearsal.approve();
      const done = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(done.outcome).toBe('completed');
      const entry = done.journal.find(({ step }) => step === 'complete')!;
      expect(entry.beforeImage).toMatchObject({ account: { servicePrincipalNames: ['HTTP/unseen'] } });
    });
  });

  test('before it had the name of the dMSA takes it once', async () => {
    const { activities, reached, release } = holding('checkPlan', 'before its effect');
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      await reached;
      await terminate(rehearsal);
      release();
      await rehearsal.migrations.adopt(rehearsal.id, carol);
      const asked = await rehearsal.until(({ gates }) => gates.length === 1);
      expect(asked.failure).toBeNull();
    });
  });

  test('while it turned back goes on turning back', async () => {
    const { activities, reached, release } = holding('undoLink', 'before its effect');
    await rehearse(theatre, { request: { ...request, observe: '1h' }, activities }, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      await migrations.send(id, 'undo', who);
      await reached;
      await terminate(rehearsal);
      release();
      await migrations.adopt(id, carol);
      const undone = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(undone.failure!.code).toBe('UNDO_REQUESTED');
      expect(undone.after!.account).toEqual(undone.before!.account);
      expect(undone.after!.hosts).toEqual(undone.before!.hosts);
    });
  });
});

function linkOf({ journal }: MigrationStatus) {
  return journal.find((entry) => entry.step === 'link');
}
