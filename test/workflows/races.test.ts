import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { timeSkippingAvailable } from '../support/time-skipping.ts';
import { codeOf } from '../support/verdicts.ts';
import { openTheatre, rehearse, type Theatre } from './support.ts';

const { available, reason } = await timeSkippingAvailable();

describe.skipIf(!available)(`what comes at a bad moment${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  /** Votes are verified only once the test lets them be. */
  function heldVotes() {
    const held = { now: false, verifying: 0, release: Promise.withResolvers<void>() };
    const activities: NonNullable<Parameters<typeof rehearse>[1]['activities']> = (real) => ({
      async verifyVotes(input) {
        held.verifying += 1;
        if (held.now) await held.release.promise;
        return await real.verifyVotes(input);
      },
    });
    return { held, activities };
  }

  test.each(['undo', 'cancel'] as const)(
    '%s in the last moment, while the last votes are verified, is not lost',
    async (how) => {
      const { held, activities } = heldVotes();
      // While an activity is under way no time is skipped, so the soak is a short one.
      const request = { observe: '1s', checkEvery: '1s', soak: '8s' };
      await rehearse(theatre, { activities, request }, async (rehearsal) => {
        await rehearsal.approve();
        await rehearsal.untilStage('gate-complete');
        await rehearsal.approve();
        await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'soak');
        const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
        held.now = true;
        await handle.signal('approve', {});
        const { outcome } = await rehearsal.until(({ after }) => after !== null);
        expect(outcome).not.toBe('undone');
        if (how === 'undo') await handle.signal('undo', { by: 'LAB\\carol', reason: 'in time' });
        else await handle.cancel();
        await rehearsal.until(({ stages }) => stages.some(({ name }) => name === 'undo'));
        held.release.resolve();
        const { before, after } = await rehearsal.until((status) => status.outcome === 'undone');
        expect(after).toEqual(before);
      }).finally(() => held.release.resolve());
    },
  );

  test('a vote that came before the gate expired counts, also where it is verified later', async () => {
    const { held, activities } = heldVotes();
    const request = { expiresAfter: '8s', onExpiry: 'undo' } as const;
    await rehearse(theatre, { activities, request }, async (rehearsal) => {
      const { gates } = await rehearsal.until((status) => status.gates.length === 1);
      held.now = true;
      const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
      const vote = { gate: 'start', hash: gates[0]!.hash, by: 'LAB\\bob', reason: 'in time' };
      await handle.signal('approve', vote);
      await vi.waitUntil(() => held.verifying === 1, { timeout: 20_000 });
      const expiry = Date.parse(gates[0]!.expiresAt);
      const expired = async () => (await theatre.env.currentTimeMs()) > expiry + 1_000;
      await vi.waitUntil(expired, { timeout: 20_000 });
      held.release.resolve();
      const { failure } = await rehearsal.until(
        ({ outcome, stages }) => outcome !== 'running' || stages.some(({ name }) => name === 'prepare-hosts'),
      );
      expect(failure).toBeNull();
    }).finally(() => held.release.resolve());
  });

  test('a second workflow for the same account, under another id, is refused', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.until(({ gates }) => gates.length === 1);
      const { workflow } = theatre.env.client;
      const { taskQueue } = await workflow.getHandle(rehearsal.id).describe();
      const other = await workflow.start('migrateServiceAccount', {
        workflowId: `${rehearsal.id}-again`,
        taskQueue,
        args: [{ plan: rehearsal.plan }],
      });
      expect(await other.result()).toMatchObject({
        outcome: 'refused',
        failure: { code: 'START_INVALID', message: expect.stringContaining(rehearsal.id) },
      });
      const empty = await workflow.start('migrateServiceAccount', {
        workflowId: `${rehearsal.id}-empty`,
        taskQueue,
        args: [{}],
      });
      await expect(empty.result()).rejects.toMatchObject({ cause: { type: 'START_INVALID' } });
    });
  });

  test('a huge vote is recorded as malformed and passed on to nobody', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      const { gates } = await rehearsal.until((status) => status.gates.length === 1);
      const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
      const huge = 'x'.repeat(1_000_000);
      const vote = { gate: 'start', hash: gates[0]!.hash, by: 'LAB\\bob', reason: huge };
      await handle.signal('approve', vote);
      await handle.signal('allowPrincipal', { sid: huge, by: huge, reason: huge });
      const status = await rehearsal.until((each) => each.gates[0]!.votes.length === 1);
      expect(codeOf(status.gates[0]!.votes[0]!)).toBe('VOTE_MALFORMED');
      expect(status.allowedPrincipals).toEqual([]);
      const { events } = await handle.fetchHistory();
      const scheduled = events!.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
      const sizes = scheduled.flatMap(({ input }) =>
        (input?.payloads ?? []).map(({ data }) => data!.byteLength),
      );
      expect(Math.max(...sizes)).toBeLessThan(20_000);
    });
  });
});
