import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { temporalAvailable } from '../../support/temporal.ts';
import { codeOf } from '../../support/verdicts.ts';
import { holding } from '../holding.ts';
import { openRealTheatre, type Rehearsal, rehearse, type Theatre } from '../support.ts';

const { available, reason } = await temporalAvailable();
const carol = { by: 'LAB\\carol', reason: 'wait' };
const request = { observe: '1s', checkEvery: '1s', soak: '1s' };

/** Looks are counted: one before each gate, one at each before anything is done. */
const lookAt = { start: 2, complete: 4 };

describe.skipIf(!available)(`between the votes and the deed${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openRealTheatre();
  });
  afterAll(() => theatre?.close());

  async function no(rehearsal: Rehearsal): Promise<void> {
    const gate = (await rehearsal.status()).gates.at(-1)!;
    const vote = { gate: gate.name, hash: gate.hash!, by: 'LAB\\dave', reason: 'not now' };
    await theatre.env.client.workflow.getHandle(rehearsal.id).signal('reject', vote);
  }

  test('a no is heard, also where it is verified only after everything was looked at', async () => {
    for (const isSlow of [false, true]) {
      const look = holding('preflight', 'before its effect', lookAt.start);
      const verifying = holding('verifyVotes', 'before its effect', isSlow ? 2 : 0);
      const activities: typeof look.activities = (real) => ({
        ...look.activities(real),
        ...verifying.activities(real),
      });
      await rehearse(theatre, { request, activities }, async (rehearsal) => {
        await rehearsal.approve();
        await look.reached;
        await no(rehearsal);
        if (isSlow) await verifying.reached;
        else await rehearsal.until(({ gates }) => gates[0]!.votes.length === 2);
        look.release();
        if (isSlow) {
          await rehearsal.until(({ stage }) => stage === 'gate-start');
          verifying.release();
        }
        const refused = await rehearsal.until(({ outcome }) => outcome !== 'running');
        expect(refused).toMatchObject({ outcome: 'refused', failure: { code: 'GATE_REJECTED' } });
        expect(refused.gates[0]!.votes.map((vote) => [vote.by, codeOf(vote)])).toEqual([
          ['LAB\\bob', null],
          ['LAB\\dave', null],
        ]);
        expect(refused.journal).toEqual([]);
      }).finally(() => {
        look.release();
        verifying.release();
      });
    }
  });

  test('a host that is left out voids the votes for Complete with it', async () => {
    const { activities, reached, release } = holding('preflight', 'after its effect', lookAt.complete);
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      const { migrations, id, plan } = rehearsal;
      await rehearsal.approve();
      await rehearsal.untilStage('gate-complete');
      await rehearsal.approve();
      await reached;
      const third = plan.hosts[2]!.name;
      expect(codeOf(await migrations.send(id, 'skipHost', { ...carol, host: third }))).toBeNull();
      release();
      const asked = await rehearsal.until(({ gates }) => gates[1]!.drift.length > 0);
      expect(asked.gates[1]).toMatchObject({
        decision: 'open',
        drift: [{ path: 'skipped', after: [third] }],
      });
      expect(asked.journal.some(({ step }) => step === 'complete')).toBe(false);
      await rehearsal.approve();
      await rehearsal.untilStage('soak');
    }).finally(release);
  });

  test('a vote that is verified while its evidence drifts is void, too', async () => {
    const look = holding('preflight', 'before its effect', lookAt.start);
    const verifying = holding('verifyVotes', 'before its effect', 2);
    const activities: typeof look.activities = (real) => ({
      ...look.activities(real),
      ...verifying.activities(real),
    });
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      await rehearsal.approve();
      await look.reached;
      const { name, hash } = (await rehearsal.status()).gates[0]!;
      const late = { gate: name, hash: hash!, by: 'LAB\\dave', decision: 'approve', reason: '' } as const;
      const voting = migrations.vote(id, late);
      await verifying.reached;
      await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: ['HTTP/new'] });
      look.release();
      await rehearsal.until(({ gates }) => gates[0]!.drift.length > 0);
      verifying.release();
      expect(await voting).toMatchObject({ by: 'LAB\\dave', verdict: 'void' });
      const asked = await rehearsal.status();
      expect(asked.gates[0]).toMatchObject({
        decision: 'open',
        votes: [{ verdict: 'void' }, { verdict: 'void' }],
      });
    }).finally(() => {
      look.release();
      verifying.release();
    });
  });

  test('a pause is followed by one more look', async () => {
    const { activities, reached, release } = holding('preflight', 'after its effect', lookAt.start);
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      await rehearsal.approve();
      await reached;
      await migrations.send(id, 'pause', carol);
      release();
      await lab.dc.store.replace(lab.seeded.accountDn, { servicePrincipalName: ['HTTP/new'] });
      expect((await rehearsal.status()).journal).toEqual([]);
      await migrations.send(id, 'resume', carol);
      const asked = await rehearsal.until(({ gates }) => gates[0]!.drift.length > 0);
      expect(asked.gates[0]!.votes).toMatchObject([{ by: 'LAB\\bob', verdict: 'void' }]);
    }).finally(release);
  });
});
