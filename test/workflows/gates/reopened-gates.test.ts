import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { LabFaults } from '../../../lab/faults.ts';
import { needsOf } from '../../../src/domain/migration/needs.ts';
import { timeSkippingAvailable } from '../../support/time-skipping.ts';
import { codeOf } from '../../support/verdicts.ts';
import { holding } from '../holding.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from '../support.ts';

const { available, reason } = await timeSkippingAvailable();
const carol = { by: 'LAB\\carol', reason: 'because' };

describe.skipIf(!available)(`gates that are passed late${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('one that reopens as something has drifted gives people as long as they had', async () => {
    const request = { expiresAfter: '2d', onExpiry: 'undo', remindEvery: '1d' } as const;
    await rehearse(theatre, { request }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      const { gates } = await opened(rehearsal, 'start');
      await migrations.send(id, 'pause', carol);
      await rehearsal.approve();
      const held = await rehearsal.until((status) => needsOf(status) === 'none');
      expect(held.gates[0]!.decision).toBe('open');
      await rehearsal.pass('3 days');
      await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: ['HTTP/new'] });
      await migrations.send(id, 'resume', carol);
      const asked = await rehearsal.until((status) => status.gates[0]!.drift.length > 0);
      expect(asked.outcome).toBe('running');
      expect(asked.gates[0]).toMatchObject({ decision: 'open', overdue: false });
      const later = (field: 'expiresAt' | 'remindAt') =>
        Date.parse(asked.gates[0]![field]!) - Date.parse(gates[0]![field]!);
      expect(later('expiresAt')).toBeGreaterThan(2.9 * 86_400_000);
      expect(later('remindAt')).toBeGreaterThan(2.9 * 86_400_000);
      await rehearsal.pass('49 hours');
      const ended = await rehearsal.until((status) => status.outcome !== 'running');
      expect(ended).toMatchObject({ outcome: 'refused', failure: { code: 'GATE_EXPIRED' } });
    });
  });

  test('one of a wave does not wait for a host that has failed before it and may', async () => {
    let isDown = false;
    const onSession = (host: string, operation: string) => {
      if (!host.startsWith('fin02')) return null;
      // It goes down when its services are to be restarted, and stays down.
      isDown ||= operation === 'restart-services';
      return isDown ? 'refuse' : null;
    };
    const faults: LabFaults = { ssh: { onSession } };
    const request = { waveGate: true, maxFailures: 1, maxParallel: 1 };
    await rehearse(theatre, { request, faults }, async (rehearsal) => {
      const [, second, third] = rehearsal.plan.hosts.map(({ name }) => name);
      await rehearsal.approve();
      await opened(rehearsal, 'wave-1');
      await rehearsal.approve();
      await opened(rehearsal, 'wave-2');
      await rehearsal.approve();
      await expect.poll(() => isDown, { timeout: 30_000 }).toBe(true);
      await rehearsal.pass('1 hour');
      const asked = await opened(rehearsal, 'wave-3');
      expect(asked.gates.at(-1)!.hosts).toEqual([third]);
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'failed-hosts');
      expect(rehearsal.lab.hosts[2]!.restarts).toBeGreaterThan(0);
      await rehearsal.migrations.send(rehearsal.id, 'skipHost', { ...carol, host: second! });
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
    });
  });

  test('one of a wave whose hosts are all left out is not waited for', async () => {
    const request = { waveGate: true, maxParallel: 1, expiresAfter: '2d', onExpiry: 'undo' } as const;
    await rehearse(theatre, { request }, async (rehearsal) => {
      const { migrations, id, plan } = rehearsal;
      await rehearsal.approve();
      await opened(rehearsal, 'wave-1');
      await rehearsal.approve();
      await opened(rehearsal, 'wave-2');
      await migrations.send(id, 'skipHost', { ...carol, host: plan.hosts[1]!.name });
      const next = await rehearsal.until(({ gates }) => gates.at(-1)!.hosts?.[0] === plan.hosts[2]!.name);
      expect(next.gates.at(-1)).toMatchObject({ name: 'wave-2', decision: 'open' });
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      expect(rehearsal.lab.hosts.map(({ restarts }) => restarts > 0)).toEqual([true, false, true]);
    });
  });

  test('one of a wave that is held back after it was passed is looked at again', async () => {
    const always = { days: [], from: '00:00', to: '24:00', timeZone: 'UTC' };
    // Asked for before the gate, twice at it, and once more when the wave is about to begin.
    const { activities, reached, release } = holding('nextWindow', 'after its effect', 4);
    const request = { waveGate: true, maxParallel: 1, windows: [always] };
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      await rehearsal.approve();
      await opened(rehearsal, 'wave-1');
      await rehearsal.approve();
      await reached;
      expect(codeOf(await migrations.send(id, 'pause', carol))).toBeNull();
      release();
      await rehearsal.pass('20 days');
      await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: ['HTTP/new'] });
      expect(lab.hosts[0]!.restarts).toBe(0);
      await migrations.send(id, 'resume', carol);
      const asked = await rehearsal.until(({ gates }) => gates.at(-1)!.drift.length > 0);
      expect(asked.gates.at(-1)).toMatchObject({ name: 'wave-1', decision: 'open' });
      expect(lab.hosts[0]!.restarts).toBe(0);
      await rehearsal.approve();
      await opened(rehearsal, 'wave-2');
      expect(lab.hosts[0]!.restarts).toBe(1);
    }).finally(release);
  });
});

async function opened(rehearsal: Rehearsal, name: string) {
  return await rehearsal.until(({ gates }) => {
    const last = gates.at(-1);
    return last?.name === name && last.decision === 'open' && last.hash !== null;
  });
}
