import { describe, expect, test } from 'vitest';

import { type Played, playScenario } from '../../../lab/demo/play-scenario.ts';
import { scenarios } from '../../../lab/scenarios/index.ts';
import { driftText } from '../../../src/domain/values/drift.ts';
import { codeOf } from '../../support/verdicts.ts';
import { expectUndone } from './outcomes.ts';
import { testServer, topologyFor } from './support.ts';

const play = async (name: string): Promise<Played> =>
  await playScenario(scenarios[name]!, { temporal: await testServer(), topology: topologyFor(name) });

const decisions = ({ status }: Played) => status.gates.map(({ name, decision }) => `${name} ${decision}`);

describe.concurrent('each way a gate can end', { timeout: 120_000 }, () => {
  test('rejected-at-start: refused, and nothing was changed', async () => {
    const played = await play('rejected-at-start');

    expect(played.status).toMatchObject({
      outcome: 'refused',
      failure: { code: 'GATE_REJECTED' },
      journal: [],
    });
    expect(played.status.failure!.message).toContain('not in the quarter-end week');
    expect(decisions(played)).toEqual(['start rejected']);
  });

  test('start-expires: refused, and nothing was changed', async () => {
    const played = await play('start-expires');

    expect(played.status).toMatchObject({
      outcome: 'refused',
      failure: { code: 'GATE_EXPIRED' },
      journal: [],
    });
    expect(decisions(played)).toEqual(['start expired']);
  });

  test('two-approvers: two different people have said yes at each gate', async () => {
    const played = await play('two-approvers');

    expect(played.status.outcome).toBe('completed');
    for (const { votes, required } of played.status.gates) {
      expect(required).toBe(2);
      expect(votes.map((vote) => [vote.by, codeOf(vote)])).toEqual([
        ['LAB\\alice', 'VOTE_BY_REQUESTER'],
        ['LAB\\carol', null],
        ['LAB\\carol', 'VOTE_DUPLICATE'],
        ['LAB\\bob', null],
      ]);
    }
  });

  test('undone-while-asked: the gate is void, and everything is back', async () => {
    const played = await play('undone-while-asked');

    expectUndone(played.status);
    expect(played.status.failure).toMatchObject({ code: 'UNDO_REQUESTED' });
    expect(decisions(played)).toEqual(['start approved', 'complete void']);
  });

  test('gate-expires: undone, as the plan says', async () => {
    const played = await play('gate-expires');

    expectUndone(played.status);
    expect(played.status.failure!.code).toBe('GATE_EXPIRED');
    expect(decisions(played)).toEqual(['start approved', 'complete expired']);
  });

  test('gate-overdue: completed by a vote that came after the expiry', async () => {
    const played = await play('gate-overdue');

    expect(played.status.outcome).toBe('completed');
    const gate = played.status.gates[1]!;
    expect(gate).toMatchObject({ overdue: true, decision: 'approved' });
    expect(Date.parse(gate.votes[0]!.receivedAt)).toBeGreaterThan(Date.parse(gate.expiresAt));
  });

  test('drift: the first vote is void, it is told what changed, and the second counts', async () => {
    const played = await play('drift');

    expect(played.status.outcome).toBe('completed');
    const [gate] = played.status.gates;
    expect(gate!.drift.map(driftText)).toContain(
      'account.servicePrincipalNames.HTTP/reports.lab.example: absent → HTTP/reports.lab.example',
    );
    expect(gate!.votes.map(({ hash, verdict }) => [hash === gate!.hash, verdict])).toEqual([
      [false, 'void'],
      [true, 'counted'],
    ]);
    expect(played.status.after!.dmsa!.servicePrincipalNames).toContain('HTTP/reports.lab.example');
  });

  test('wave-rejected: the canary has restarted, the others have not, undone', async () => {
    const played = await play('wave-rejected');

    expectUndone(played.status);
    expect(decisions(played)).toEqual(['start approved', 'wave-1 approved', 'wave-2 rejected']);
    const [canary, ...others] = played.hosts;
    expect(played.counts.ssh[canary!]!.operations['restart-services']).toBe(2);
    for (const host of others)
      expect(played.counts.ssh[host]!.operations['restart-services']).toBeUndefined();
  });

  test('not-called-good: undone after completion', async () => {
    const played = await play('not-called-good');

    expectUndone(played.status);
    expect(decisions(played)).toEqual(['start approved', 'complete approved', 'soak rejected']);
    expect(played.status.journal.map(({ step }) => step)).toContain('complete');
  });

  test('signed-votes: what is not signed does not count, whoever it names', async () => {
    const played = await play('signed-votes');

    expect(played.status.outcome).toBe('completed');
    for (const gate of played.status.gates) {
      expect(gate.signed).toBe(true);
      expect(gate.votes.map((vote) => [codeOf(vote), typeof vote.kid])).toEqual([
        ['VOTE_UNSIGNED', 'undefined'],
        [null, 'string'],
      ]);
    }
  });
});
