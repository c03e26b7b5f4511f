import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import type { GatePlan, Plan, PlanGates } from '../../src/domain/plan/plan.ts';
import { planHash } from '../../src/plan/hash.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { type PlanRequest, parseRequest } from '../../src/plan/request.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ topology: defaultTopology({ restartMs: 0 }) });
});
afterAll(() => lab.close());

async function planned(changes: Partial<PlanRequest>): Promise<Plan> {
  const required = { account: 'svc-finance', dmsa: 'dmsa-finance', requestedBy: 'LAB\\alice' };
  const request = parseRequest({ ...required, hosts: ['fin01.lab.example'], ...changes });
  return (await makePlan(request, connectionsOf(lab.settings))).plan!;
}

const general: GatePlan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' };

describe('a plan without rules of single gates', () => {
  test.each<[string, Partial<PlanRequest>, PlanGates]>([
    ['as it is without options', {}, { start: general, complete: general }],
    [
      'with everything that there is for all gates',
      {
        ...{ required: 2, expiresAfter: '3d', onExpiry: 'undo', remindEvery: '1d', soakGate: true },
        approvers: { start: [], complete: ['LAB\\bob', 'LAB\\carol'] },
      },
      gatesOf({ ...general, required: 2, expiresAfter: '3d', onExpiry: 'undo', remindEvery: '1d' }),
    ],
  ])('%s has the gates and the hash that it had before there were any', async (_what, changes, gates) => {
    const plan = await planned(changes);
    expect(plan.gates).toStrictEqual(gates);
    const { hash, gates: _, ...rest } = plan;
    expect(planHash({ ...rest, gates })).toBe(hash);
  });

  function gatesOf(every: GatePlan): PlanGates {
    return { start: every, complete: { ...every, approvers: ['LAB\\bob', 'LAB\\carol'] }, soak: every };
  }
});

describe('rules of single gates', () => {
  test('are refused where nobody could fulfil them, with the gate that they are of', async () => {
    const approvers = { start: ['LAB\\bob'], complete: ['LAB\\bob'] };
    await expect(planned({ approvers, gates: { complete: { required: 2 } } })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      subject: 'gates.complete.approvers',
      message:
        'gates.complete.approvers: 2 have to approve and only 1 besides the requester may: list more approvers',
    });
  });

  test('hold at their gate alone; what they do not say is as it is for all', async () => {
    const plan = await planned({
      ...{ required: 2, remindEvery: '2d', waveGate: true, soakGate: true },
      approvers: { start: [], complete: [], soak: ['LAB\\bob'] },
      gates: {
        complete: { required: 3, expiresAfter: '3d', onExpiry: 'undo', remindEvery: '1d' },
        wave: { expiresAfter: '4h' },
        soak: { required: 1 },
      },
    });
    const every = { ...general, required: 2, remindEvery: '2d' };
    expect(plan.gates).toEqual({
      start: every,
      complete: { approvers: [], required: 3, expiresAfter: '3d', onExpiry: 'undo', remindEvery: '1d' },
      wave: { ...every, expiresAfter: '4h' },
      soak: { ...every, required: 1, approvers: ['LAB\\bob'] },
    });
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test('may be reminders of one gate, where nobody is reminded of others', async () => {
    const plan = await planned({ gates: { complete: { remindEvery: '1d' } } });
    expect(plan.gates).toEqual({ start: general, complete: { ...general, remindEvery: '1d' } });
  });
});
