import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Topology } from '../../lab/topology.ts';
import { countedVotes, type Gate } from '../../src/domain/gates/gates.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { driftText } from '../../src/domain/values/drift.ts';
import { timeSkippingAvailable } from '../support/time-skipping.ts';
import { codeOf } from '../support/verdicts.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from './support.ts';

const { available, reason } = await timeSkippingAvailable();

describe.skipIf(!available)(`what people decide${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('votes that do not count are recorded with the reason, and the gate stays shut', async () => {
    const request = { approvers: { start: ['LAB\\bob', 'LAB\\alice'], complete: [] } };
    await rehearse(theatre, { request }, async (rehearsal) => {
      const { hash } = await openGate(rehearsal);
      const vote = (by: string, changes = {}) =>
        rehearsal.migrations.vote(rehearsal.id, {
          gate: 'start',
          hash: hash!,
          by,
          decision: 'approve',
          reason: '',
          ...changes,
        });

      expect(codeOf(await vote('alice@lab.example'))).toBe('VOTE_BY_REQUESTER');
      expect(codeOf(await vote('lab.example\\mallory'))).toBe('VOTE_UNKNOWN_APPROVER');
      expect(codeOf(await vote('LAB\\bob', { hash: 'f'.repeat(64) }))).toBe('VOTE_STALE_HASH');
      expect(codeOf(await vote('LAB\\bob', { gate: 'complete' }))).toBe('VOTE_WRONG_GATE');
      const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
      await handle.signal('approve', 'not even an object');
      await handle.signal('allowPrincipal');
      const { gates } = await rehearsal.until((status) => status.gates[0]!.votes.length === 5);
      expect(codeOf(gates[0]!.votes[4]!)).toBe('VOTE_MALFORMED');
      expect(gates[0]!.decision).toBe('open');

      expect(codeOf(await vote('BOB@LAB.EXAMPLE'))).toBeNull();
      await rehearsal.untilStage('prepare-hosts');
    });
  });

  test('two approvers are two people, whatever they call themselves', async () => {
    await rehearse(theatre, { request: { required: 2 } }, async (rehearsal) => {
      const { hash } = await openGate(rehearsal);
      const vote = (by: string) =>
        rehearsal.migrations.vote(rehearsal.id, {
          gate: 'start',
          hash: hash!,
          by,
          decision: 'approve',
          reason: '',
        });
      expect(codeOf(await vote('LAB\\bob'))).toBeNull();
      expect(codeOf(await vote('bob@lab.example'))).toBe('VOTE_DUPLICATE');
      expect((await rehearsal.status()).gates[0]!.decision).toBe('open');
      expect(codeOf(await vote('LAB\\carol'))).toBeNull();
      await rehearsal.untilStage('prepare-hosts');
    });
  });

  test('what drifts between the vote and the deed voids the vote, and says what drifted', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      const { hash } = await openGate(rehearsal);
      const { dc, seeded } = rehearsal.lab;
      await dc.store.replace(seeded.accountDn, { servicePrincipalName: ['HTTP/elsewhere.lab.example'] });
      await rehearsal.approve();
      const { gates, stage } = await rehearsal.until((status) => status.gates[0]!.hash !== hash);
      expect(stage).toBe('gate-start');
      expect(gates[0]!.decision).toBe('open');
      expect(gates[0]!.drift.map(driftText)).toContain(
        'account.servicePrincipalNames.HTTP/elsewhere.lab.example: absent → HTTP/elsewhere.lab.example',
      );
      await rehearsal.approve();
      await rehearsal.untilStage('prepare-hosts');
    });
  });

  test('a gate that expires holds, is overdue, and still takes votes', async () => {
    await rehearse(theatre, { request: { expiresAfter: '7d', onExpiry: 'hold' } }, async (rehearsal) => {
      await openGate(rehearsal);
      await rehearsal.pass('8 days');
      expect((await rehearsal.status()).gates[0]).toMatchObject({ overdue: true, decision: 'open' });
      await rehearsal.approve();
      await rehearsal.untilStage('prepare-hosts');
    });
  });

  test('a gate that expires with undo ends the migration; nothing had been changed, so it is refused', async () => {
    await rehearse(theatre, { request: { expiresAfter: '7d', onExpiry: 'undo' } }, async (rehearsal) => {
      await openGate(rehearsal);
      await rehearsal.pass('8 days');
      const status = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(status.outcome).toBe('refused');
      expect(status.failure!.code).toBe('GATE_EXPIRED');
      expect(status.after).toEqual(status.before);
    });
  });

  test('pause holds the next change back until resume', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await openGate(rehearsal);
      await rehearsal.migrations.send(rehearsal.id, 'pause', { by: 'LAB\\carol', reason: 'lunch' });
      await rehearsal.approve();
      await rehearsal.until(({ gates }) => countedVotes(gates[0]!).length === 1);
      await rehearsal.pass('1 hour');
      // It stays open to a no for as long as nothing is done.
      expect(await rehearsal.status()).toMatchObject({ journal: [], gates: [{ decision: 'open' }] });
      await rehearsal.migrations.send(rehearsal.id, 'resume', { by: 'LAB\\carol', reason: 'back' });
      await rehearsal.untilStage('observe');
    });
  });

  test.each(['gate-start', 'observe', 'gate-complete', 'soak'] as const)(
    'undo while in %s restores everything',
    async (stage) => {
      await rehearse(theatre, {}, async (rehearsal) => {
        await reach(rehearsal, stage);
        await rehearsal.migrations.send(rehearsal.id, 'undo', {
          by: 'LAB\\carol',
          reason: 'changed my mind',
        });
        expectUndone(await rehearsal.until(({ outcome }) => outcome !== 'running'), 'UNDO_REQUESTED');
      });
    },
  );

  test("Temporal's cancel means undo", async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await reach(rehearsal, 'observe');
      await theatre.env.client.workflow.getHandle(rehearsal.id).cancel();
      expectUndone(await rehearsal.until(({ outcome }) => outcome !== 'running'), 'CANCELLED');
    });
  });

  test('a second migration of the account cannot start, nor one of another account to the same dMSA', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await openGate(rehearsal);
      await expect(rehearsal.migrations.start(rehearsal.plan)).rejects.toMatchObject({
        code: 'MIGRATION_RUNNING',
      });

      const sameDmsa = (topology: Topology) => {
        topology.dmsa = rehearsal.plan.dmsa.name;
      };
      await rehearse(theatre, { topology: sameDmsa }, async (other) => {
        await other.pass('10 seconds');
        const { outcome, failure } = await other.until((status) => status.outcome !== 'running');
        expect(outcome).toBe('refused');
        expect(failure!.code).toBe('NAME_LOCKED');
      });
    });
  });

  test('a plan that was edited after it was sealed is refused by the worker too', async () => {
    const edit = (plan: Rehearsal['plan']) => ({ ...plan, waits: { ...plan.waits, observe: '1s' } });
    await rehearse(theatre, { edit }, async (rehearsal) => {
      const { outcome, failure, journal } = await rehearsal.until((status) => status.outcome !== 'running');
      expect(outcome).toBe('refused');
      expect(failure!.code).toBe('PLAN_EDITED');
      expect(journal).toEqual([]);
    });
  });
});

async function openGate(rehearsal: Rehearsal): Promise<Gate> {
  const { gates } = await rehearsal.until((status) => status.gates.some(({ hash }) => hash !== null));
  return gates[0]!;
}

async function reach(
  rehearsal: Rehearsal,
  stage: 'gate-start' | 'observe' | 'gate-complete' | 'soak',
): Promise<void> {
  await openGate(rehearsal);
  if (stage === 'gate-start') return;
  await rehearsal.approve();
  await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
  if (stage === 'observe') return;
  await rehearsal.pass('29 days');
  await rehearsal.untilStage('gate-complete');
  if (stage === 'gate-complete') return;
  await rehearsal.approve();
  await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'soak');
}

function expectUndone(status: MigrationStatus, code: string): void {
  expect(status.failure!.code).toBe(code);
  expect(status.outcome).toBe('undone');
  expect(status.after!.account).toEqual(status.before!.account);
  expect(status.after!.dmsa).toEqual(status.before!.dmsa);
  expect(status.after!.hosts).toEqual(status.before!.hosts);
}
