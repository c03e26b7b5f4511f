import { describe, expect, test } from 'vitest';

import { type Played, playScenario } from '../../../lab/demo/play-scenario.ts';
import { scenarios } from '../../../lab/scenarios/index.ts';
import { expectRefused, sessionsPerHost } from './outcomes.ts';
import { testServer, topologyFor } from './support.ts';

const play = async (name: string): Promise<Played> =>
  await playScenario(scenarios[name]!, { temporal: await testServer(), topology: topologyFor(name) });

/** A time limit of the product passes in one of them, on machines that are busy with others. */
const timeout = 180_000;

describe.concurrent('whatever becomes of connections, each scenario ends as its line promises', {
  timeout,
}, () => {
  test('lost-answers: completes, and each effect was applied once', async () => {
    const { status, counts } = await play('lost-answers');

    expect(status.outcome).toBe('completed');
    expect(counts.restarts).toBe(8);
    expect(counts.ssh['mgmt01.lab.example']!.operations).toEqual({
      'new-dmsa': 1,
      'start-migration': 1,
      'complete-migration': 1,
      // The DC's event log proved that the two lost answers were ours.
      'read-migration-events': 2,
    });
  });

  test('flapping: completes although connections drop at random', async () => {
    const { status, counts } = await play('flapping');

    expect(status.outcome).toBe('completed');
    expect(counts.restarts).toBe(8);
    const sessions = Object.values(counts.ssh).reduce((sum, host) => sum + host.sessions, 0);
    expect(sessions).toBeGreaterThan(3 * sessionsPerHost + 3);
  });

  test('dc-goes-down: linked on the first DC, completed on the second, services logged on there', async () => {
    const { status, counts } = await play('dc-goes-down');

    expect(status.outcome).toBe('completed');
    const { account, dmsa } = status.after!;
    expect(account).toMatchObject({ state: 2, enabled: false, supersededBy: dmsa!.dn });
    expect(dmsa).toMatchObject({ state: 2, precededBy: account!.dn });
    expect(counts.restarts).toBe(8);
    expect(counts.ssh['mgmt01.lab.example']!.operations['complete-migration']).toBe(1);
  });

  test('host-unreachable: refused, and the host is named', async () => {
    const { status, counts } = await play('host-unreachable');

    expectRefused(status, 'HOST_UNREACHABLE', 'fin02.lab.example');
    expect(counts.restarts).toBe(0);
  });

  test('half-answers: completes, and each effect was applied once', async () => {
    const { status, counts } = await play('half-answers');

    expect(status.outcome).toBe('completed');
    expect(counts.restarts).toBe(8);
    expect(counts.ssh['mgmt01.lab.example']!.operations['complete-migration']).toBe(1);
  });

  test('banner: completes, in no more sessions than without it', async () => {
    const { status, counts, hosts } = await play('banner');

    expect(status.outcome).toBe('completed');
    for (const host of hosts) expect(counts.ssh[host]!.sessions).toBeLessThanOrEqual(sessionsPerHost);
  });

  test('reboots-midway: completes, and the boot counts as the restart', async () => {
    const { status, counts } = await play('reboots-midway');

    expect(status.outcome).toBe('completed');
    expect(status.hosts.map(({ restarted, joined }) => [restarted, joined])).toEqual([
      ['yes', 'yes'],
      ['yes', 'yes'],
      ['yes', 'yes'],
    ]);
    // Three services while linked, as the fourth had started with its host, and four after completion.
    expect(counts.restarts).toBe(7);
  });

  test('host-hangs: completes, and the service was restarted once', async () => {
    const { status, counts } = await play('host-hangs');

    expect(status.outcome).toBe('completed');
    expect(counts.restarts).toBe(8);
  });

  test('clock-drifts: completes after it has waited for the clock', async () => {
    const { status } = await play('clock-drifts');

    expect(status.outcome).toBe('completed');
    const { startedAt, endedAt } = status.stages.find(({ name }) => name === 'preflight-again')!;
    expect(Date.parse(endedAt!) - Date.parse(startedAt)).toBeGreaterThanOrEqual(2_000);
    expect(status.findings.map(({ code }) => code)).not.toContain('HOST_CLOCK_SKEWED');
  });

  test.each([
    ['wrong-host-key', 'HOST_KEY_MISMATCH'],
    ['login-refused', 'LOGIN_REFUSED'],
  ] as const)('%s: refused, and says %s', async (name, code) => {
    const { status, counts } = await play(name);

    expectRefused(status, code, 'fin02.lab.example');
    expect(status.findings.map((finding) => finding.code)).not.toContain('HOST_UNREACHABLE');
    expect(counts.ssh['fin02.lab.example']!.sessions).toBe(0);
  });
});
