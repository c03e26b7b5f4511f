import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { driftText } from '../../../src/domain/values/drift.ts';
import { timeSkippingAvailable } from '../../support/time-skipping.ts';
import { codeOf } from '../../support/verdicts.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from '../support.ts';

const { available, reason } = await timeSkippingAvailable();
const carol = { by: 'LAB\\carol', reason: 'because' };

describe.skipIf(!available)(`gates of waves and of the end${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('a wave that is rejected never begins, and what was changed before it is undone', async () => {
    await rehearse(theatre, { request: { waveGate: true, maxParallel: 1 } }, async (rehearsal) => {
      await rehearsal.approve();
      await waveOpens(rehearsal, 'wave-1');
      await rehearsal.approve();
      const { gates } = await waveOpens(rehearsal, 'wave-2');
      const [, second] = rehearsal.plan.hosts;
      expect(gates.at(-1)!.hosts).toEqual([second!.name]);
      const { hash } = gates.at(-1)!;
      await rehearsal.migrations.vote(rehearsal.id, {
        gate: 'wave-2',
        hash: hash!,
        by: 'LAB\\bob',
        decision: 'reject',
        reason: 'the canary is slow',
      });
      const status = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect([status.outcome, status.failure!.code]).toEqual(['undone', 'GATE_REJECTED']);
      expect(status.failure!.message).toContain('LAB\\bob rejected gate "wave-2": the canary is slow');
      expect(rehearsal.lab.hosts[1]!.restarts).toBe(0);
      expect(status.after!.hosts).toEqual(status.before!.hosts);
    });
  });

  test('each wave waits for its own yes, a vote for another wave is refused, and after Complete nobody is asked', async () => {
    await rehearse(theatre, { request: { waveGate: true, maxParallel: 5 } }, async (rehearsal) => {
      await rehearsal.approve();
      const first = await waveOpens(rehearsal, 'wave-1');
      expect(rehearsal.lab.hosts.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
      const early = await rehearsal.migrations.vote(rehearsal.id, {
        gate: 'wave-2',
        hash: first.gates.at(-1)!.hash!,
        by: 'LAB\\bob',
        decision: 'approve',
        reason: 'all of them',
      });
      expect(codeOf(early)).toBe('VOTE_WRONG_GATE');
      await rehearsal.approve();
      const second = await waveOpens(rehearsal, 'wave-2');
      expect(rehearsal.lab.hosts.map(({ restarts }) => restarts)).toEqual([1, 0, 0]);
      expect(second.gates.at(-1)!.hosts).toEqual(rehearsal.plan.hosts.slice(1).map(({ name }) => name));
      const missing = ({ code }: { code: string }) => code === 'PRINCIPAL_MISSING';
      // Those of the wave have not joined: that is what it is for.
      expect(second.findings.filter(missing)).toEqual([]);
      await rehearsal.approve();
      const joined = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      expect(joined.findings.filter(missing)).toEqual([]);
      expect(rehearsal.lab.hosts.map(({ restarts }) => restarts > 0)).toEqual([true, true, true]);
      await rehearsal.pass('29 days');
      await rehearsal.untilStage('gate-complete');
      await rehearsal.approve();
      const { gates } = await rehearsal.untilStage('soak');
      expect(gates.map(({ name, decision }) => `${name} ${decision}`)).toEqual([
        'start approved',
        'wave-1 approved',
        'wave-2 approved',
        'complete approved',
      ]);
    });
  });

  test('a host that is skipped while its wave is voted on voids the votes', async () => {
    await rehearse(theatre, { request: { waveGate: true, required: 2 } }, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      const both = async () => {
        await rehearsal.approve('LAB\\bob');
        await rehearsal.approve('LAB\\carol');
      };
      await both();
      await waveOpens(rehearsal, 'wave-1');
      await both();
      await waveOpens(rehearsal, 'wave-2');
      await rehearsal.approve('LAB\\bob');
      const third = rehearsal.plan.hosts[2]!.name;
      expect(codeOf(await migrations.send(id, 'skipHost', { ...carol, host: third }))).toBeNull();
      await rehearsal.approve('LAB\\carol');
      const { gates } = await rehearsal.until((status) => status.gates.at(-1)!.drift.length > 0);
      expect(gates.at(-1)!.drift.map(driftText)).toEqual([`skipped: absent → ["${third}"]`]);
      await both();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      expect(rehearsal.lab.hosts.map(({ restarts }) => restarts)).toEqual([1, 1, 0]);
    });
  });

  test('a migration that is not called good at its end is undone, and otherwise is done only with a yes', async () => {
    for (const decision of ['reject', 'approve'] as const) {
      await rehearse(theatre, { request: { soakGate: true } }, async (rehearsal) => {
        await rehearsal.approve();
        await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
        await rehearsal.pass('29 days');
        await rehearsal.untilStage('gate-complete');
        await rehearsal.approve();
        await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'soak');
        await rehearsal.pass('25 hours');
        const { gates, stage, outcome } = await waveOpens(rehearsal, 'soak');
        expect([stage, outcome]).toEqual(['soak', 'running']);
        await rehearsal.migrations.vote(rehearsal.id, {
          gate: 'soak',
          hash: gates.at(-1)!.hash!,
          by: 'LAB\\bob',
          decision,
          reason: 'seen',
        });
        const status = await rehearsal.until((each) => each.outcome !== 'running');
        expect(status.outcome).toBe(decision === 'approve' ? 'completed' : 'undone');
        if (decision === 'reject') expect(status.after!.account).toEqual(status.before!.account);
      });
    }
  });

  test('people are reminded of an open gate as often as the plan says, past its expiry, too', async () => {
    const request = { remindEvery: '1d', expiresAfter: '2d' };
    await rehearse(theatre, { request }, async (rehearsal) => {
      const { gates } = await waveOpens(rehearsal, 'start');
      const opened = Date.parse(gates[0]!.openedAt);
      const dueIn = (gate: { remindAt?: string }) => (Date.parse(gate.remindAt!) - opened) / 86_400_000;
      expect(dueIn(gates[0]!)).toBe(1);
      await rehearsal.pass('25 hours');
      const next = await rehearsal.until((status) => dueIn(status.gates[0]!) > 1);
      expect(Math.round(dueIn(next.gates[0]!))).toBe(2);
      await rehearsal.pass('48 hours');
      const overdue = await rehearsal.until((status) => dueIn(status.gates[0]!) > 3);
      expect(overdue.gates[0]).toMatchObject({ overdue: true, decision: 'open' });
    });
  });
});

async function waveOpens(rehearsal: Rehearsal, name: string) {
  return await rehearsal.until(({ gates }) => {
    const last = gates.at(-1);
    return last?.name === name && last.decision === 'open' && last.hash !== null;
  });
}
