import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { temporalAvailable } from '../support/temporal.ts';
import { openRealTheatre, type Rehearsal, rehearse, type Theatre } from './support.ts';

const { available, reason } = await temporalAvailable();
const request = {
  ...{ observe: '1s', checkEvery: '1s', soak: '1s', bake: '1s', restoreEventLog: true },
  ...{ waveGate: true, soakGate: true, remindEvery: '1h' },
};

describe.skipIf(!available)(`in Temporal's UI${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openRealTheatre();
  });
  afterAll(() => theatre?.close());

  /** What each activity and timer of the history says that it is for, and its kind. */
  async function summariesOf({ id }: Rehearsal): Promise<{ kind: string; summary: string | null }[]> {
    const { events } = await theatre.env.client.workflow.getHandle(id).fetchHistory();
    return events!.flatMap((event) => {
      const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
      const kind = activity ?? (event.timerStartedEventAttributes ? 'timer' : null);
      const { summary } = event.userMetadata ?? {};
      const text = summary ? defaultPayloadConverter.fromPayload<string>(summary) : null;
      return kind ? [{ kind, summary: text }] : [];
    });
  }

  test('every activity and every timer of a migration says what it is for', async () => {
    await rehearse(theatre, { request }, async (rehearsal) => {
      for (const gate of ['start', 'wave-1', 'wave-2', 'complete', 'soak']) {
        await rehearsal.until(({ gates }) => {
          const last = gates.at(-1);
          return last?.name === gate && last.decision === 'open' && last.hash !== null;
        });
        await rehearsal.approve();
      }
      await rehearsal.until(({ outcome }) => outcome === 'completed');
      const summaries = await summariesOf(rehearsal);
      expect(summaries.filter(({ summary }) => !summary)).toEqual([]);
      const timers = new Set(summaries.flatMap(({ kind, summary }) => (kind === 'timer' ? [summary] : [])));
      expect([...timers]).toEqual([
        'Gate "start" waits for votes',
        'Gate "wave-1" waits for votes',
        'Let the canary run',
        'Gate "wave-2" waits for votes',
        'Gate "complete" waits for votes',
        'Soak for 1s',
        'Gate "soak" waits for votes',
      ]);
      expect(summaries).toContainEqual({ kind: 'verifyVotes', summary: 'Verify a vote' });
    });
  });

  test('its summary says what is migrated to what, and its details on which hosts, by whom and by which plan', async () => {
    await rehearse(theatre, {}, async ({ id, plan }) => {
      const described = await theatre.env.client.workflow.getHandle(id).describe();
      const { account, dmsa, hosts } = plan;
      expect(await described.staticSummary()).toBe(`${account.samAccountName} → ${dmsa.name}$ on 3 hosts`);
      const details = await described.staticDetails();
      for (const text of [plan.requestedBy, plan.hash.slice(0, 16), account.dn, dmsa.dn, hosts[2]!.name])
        expect(details).toContain(text);
    });
  });
});
