import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { driftText } from '../../src/domain/values/drift.ts';
import { timeSkippingAvailable } from '../support/time-skipping.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from './support.ts';

const { available, reason } = await timeSkippingAvailable();

const carol = { by: 'LAB\\carol', reason: 'enough' };

describe.skipIf(!available)(`what turning back restores${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('what someone else changed while nothing of ours had been is no reason to wait for an operator', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.until(({ gates }) => gates.length === 1);
      await addSpn(rehearsal, 'HTTP/new.lab.example');
      await rehearsal.migrations.vote(rehearsal.id, { ...(await openGate(rehearsal)), ...no });
      const { outcome, failure, after } = await ended(rehearsal);
      expect(failure!.code).toBe('GATE_REJECTED');
      expect(outcome).toBe('refused');
      expect(after!.account!.servicePrincipalNames).toContain('HTTP/new.lab.example');
    });
  });

  test('"before" is what was there when the first change was made, not when the gate opened', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.until(({ gates }) => gates.length === 1);
      await addSpn(rehearsal, 'HTTP/new.lab.example');
      await rehearsal.approve();
      await rehearsal.until(({ gates }) => gates[0]!.drift.length > 0);
      await rehearsal.approve();
      await observing(rehearsal);
      await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
      const { outcome, before, after } = await ended(rehearsal);
      expect(outcome).toBe('undone');
      expect(before!.account!.servicePrincipalNames).toContain('HTTP/new.lab.example');
      expect(after).toEqual(before);
    });
  });

  test('a policy value that someone set while the gate was open is theirs: it is voted on, and stays', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.until(({ gates }) => gates.length === 1);
      await rehearsal.pass('3 days');
      const [host] = rehearsal.lab.hosts;
      host!.settings.policy = { value: 1, keyExists: true };
      await rehearsal.approve();
      const { gates } = await rehearsal.until((status) => status.gates[0]!.drift.length > 0);
      expect(gates[0]!.drift.map(driftText)).toContain(`hosts.${host!.settings.name}.policy.value: null → 1`);
      await rehearsal.approve();
      await observing(rehearsal);
      await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
      expect((await ended(rehearsal)).outcome).toBe('undone');
      expect(host!.settings.policy).toEqual({ value: 1, keyExists: true });
    });
  });

  test('a pause after the vote is followed by another look: what changed meanwhile voids the vote', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.approve();
      await observing(rehearsal);
      await rehearsal.pass('29 days');
      await rehearsal.untilStage('gate-complete');
      await rehearsal.migrations.send(rehearsal.id, 'pause', carol);
      await rehearsal.approve();
      await rehearsal.pass('1 day');
      await addSpn(rehearsal, 'HTTP/new.lab.example');
      await rehearsal.migrations.send(rehearsal.id, 'resume', carol);
      const { gates, journal } = await rehearsal.until((status) => status.gates[1]!.drift.length > 0);
      expect(gates[1]!.decision).toBe('open');
      expect(journal.map(({ step }) => step)).not.toContain('complete');
    });
  });

  test('what differs after undoing Complete can be accepted too, and the rest is undone', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await soaking(rehearsal);
      const { dc, seeded } = rehearsal.lab;
      await dc.store.replace(seeded.accountDn, { userPrincipalName: ['renamed@lab.example'] });
      await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
      const parked = await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
      expect(parked.waitingFor).toMatchObject({
        kind: 'operator',
        failure: { message: expect.stringContaining('account.userPrincipalName') },
      });
      for (let count = 0; count < 2; count++) {
        await rehearsal.migrations.send(rehearsal.id, 'retry', { ...carol, accept: true });
        const next = await rehearsal.until(({ outcome, waitingFor }) =>
          outcome === 'needs-operator'
            ? waitingFor?.since !== parked.waitingFor!.since
            : outcome !== 'running',
        );
        if (next.outcome === 'undone') break;
      }
      const { outcome, after } = await rehearsal.status();
      expect(outcome).toBe('undone');
      expect(after!.dmsa).toBeNull();
      expect(after!.account!.userPrincipalName).toBe('renamed@lab.example');
    });
  });

  test('trying again restarts no service a second time on hosts that are back already', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.approve();
      await observing(rehearsal);
      const [first, second] = rehearsal.lab.hosts;
      first!.settings.services[0]!.failingStarts = 1;
      const restarts = second!.restarts;
      await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
      const parked = await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
      expect(parked.waitingFor).toMatchObject({
        kind: 'operator',
        step: 'restart-services',
        failure: { code: 'SERVICE_START_FAILED' },
      });
      expect(second!.restarts).toBe(restarts + 1);
      await rehearsal.migrations.send(rehearsal.id, 'retry', carol);
      const { before, after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(after).toEqual(before);
      expect(second!.restarts).toBe(restarts + 1);
    });
  });

  test('a host whose services were stopped all along does not undo the migration at its end', async () => {
    const stopped: Parameters<typeof rehearse>[1]['topology'] = ({ hosts }) => {
      hosts[1]!.services[0]!.state = 'Stopped';
    };
    await rehearse(theatre, { topology: stopped }, async (rehearsal) => {
      await soaking(rehearsal);
      await rehearsal.pass('2 days');
      const { outcome, failure } = await rehearsal.until((status) => status.outcome !== 'running');
      expect(failure).toBeNull();
      expect(outcome).toBe('completed');
    });
  });
});

const no = { by: 'LAB\\bob', decision: 'reject', reason: 'not now' } as const;

async function openGate(rehearsal: Rehearsal) {
  const { gates } = await rehearsal.until((status) =>
    status.gates.some(({ decision, hash }) => decision === 'open' && hash !== null),
  );
  const gate = gates.find(({ decision }) => decision === 'open')!;
  return { gate: gate.name, hash: gate.hash! };
}

async function addSpn({ lab }: Rehearsal, spn: string): Promise<void> {
  const { dc, seeded, topology } = lab;
  const names = [...topology.account.servicePrincipalNames, spn];
  await dc.store.replace(seeded.accountDn, { servicePrincipalName: names });
}

function observing(rehearsal: Rehearsal): Promise<MigrationStatus> {
  return rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
}

async function soaking(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.approve();
  await observing(rehearsal);
  await rehearsal.pass('29 days');
  await rehearsal.untilStage('gate-complete');
  await rehearsal.approve();
  await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'soak');
}

/** The outcome, or that only a person can go on: what must not be waited for. */
function ended(rehearsal: Rehearsal): Promise<MigrationStatus> {
  return rehearsal.until(({ outcome }) => outcome !== 'running');
}
