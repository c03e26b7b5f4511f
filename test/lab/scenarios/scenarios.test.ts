import { describe, expect, test } from 'vitest';

import { type Played, playScenario } from '../../../lab/demo/play-scenario.ts';
import { scenarios } from '../../../lab/scenarios/index.ts';
import { expectRefused, expectUndone, sessionsPerHost } from './outcomes.ts';
import { testServer, topologyFor } from './support.ts';

const play = async (name: string): Promise<Played> =>
  await playScenario(scenarios[name]!, { temporal: await testServer(), topology: topologyFor(name) });

describe.concurrent('each scenario ends as its line promises', { timeout: 120_000 }, () => {
  test('happy: completed, linked, SPNs and delegation moved, the account disabled, its services running', async () => {
    const { status, counts, historyEvents, hosts } = await play('happy');

    expect(status.outcome).toBe('completed');
    const { before, after } = status;
    expect(after!.account).toMatchObject({
      state: 2,
      enabled: false,
      servicePrincipalNames: [],
      supersededBy: after!.dmsa!.dn,
    });
    expect(after!.dmsa).toMatchObject({
      state: 2,
      precededBy: after!.account!.dn,
      servicePrincipalNames: before!.account!.servicePrincipalNames,
      allowedToDelegateTo: before!.account!.allowedToDelegateTo,
      trustedToAuthForDelegation: true,
    });
    expect(after!.dmsa!.principals.map(({ name }) => name).sort()).toEqual(['FIN01$', 'FIN02$', 'FIN03$']);
    for (const host of after!.hosts) {
      expect(host.policy).toEqual({ value: 1, keyExists: true });
      expect(host.services.map((service) => service.state)).toEqual(host.services.map(() => 'Running'));
    }
    expect(status.hosts).toEqual(
      hosts.map((host) => ({
        host,
        policy: 'yes',
        build: 'yes',
        logOn: 'yes',
        discovered: 'yes',
        joined: 'yes',
        keysFetched: 'yes',
        principal: 'yes',
        restarted: 'yes',
        // The plan names no health check.
        healthy: 'unknown',
        startNameKept: 'yes',
        logonRightKept: 'yes',
        seen: [
          { of: ['discovered', 'joined'], source: 'kerberos-log', at: expect.any(String) },
          { of: ['restarted', 'healthy'], source: 'restart', at: expect.any(String) },
          {
            of: ['policy', 'build', 'logOn', 'startNameKept', 'logonRightKept'],
            source: 'host',
            at: expect.any(String),
          },
          { of: ['principal'], source: 'directory', at: expect.any(String) },
          { of: ['keysFetched'], source: 'kerberos-log', at: expect.any(String) },
        ],
      })),
    );
    expect(status.stages.map(({ name }) => name)).toEqual([
      'plan',
      'preflight',
      'gate-start',
      'prepare-hosts',
      'create-dmsa',
      'link',
      'restart-services',
      'verify-principals',
      'observe',
      'preflight-again',
      'gate-complete',
      'complete',
      'restart-and-verify',
      'soak',
      'done',
    ]);
    // Four services, once while linked and once after completion.
    expect(counts.restarts).toBe(8);
    for (const host of hosts) expect(counts.ssh[host]!.sessions).toBeLessThanOrEqual(sessionsPerHost);
    expect(historyEvents).toBeLessThanOrEqual(250);
  });

  test('rejected: undone after a no with its reason, and everything is as it was before', async () => {
    const { status } = await play('rejected');

    expectUndone(status);
    expect(status.failure).toEqual({
      code: 'GATE_REJECTED',
      message: 'LAB\\bob rejected gate "complete": not in the quarter-end week',
    });
  });

  test('host-too-old: refused by planning, no migration is started', async () => {
    const { status, historyEvents, counts } = await play('host-too-old');

    expectRefused(status, 'HOST_TOO_OLD', 'fin02.lab.example');
    expect(historyEvents).toBe(0);
    expect(counts.restarts).toBe(0);
  });

  test('canary-fails: undone, and no service on the other hosts was touched', async () => {
    const { status, counts } = await play('canary-fails');

    expectUndone(status);
    expect(status.failure!.code).toBe('SERVICE_START_FAILED');
    // The canary's service died once and was started again by the undo.
    expect(counts.restarts).toBe(2);
    expect(counts.ssh['fin02.lab.example']!.operations['restart-services']).toBeUndefined();
    expect(counts.ssh['fin03.lab.example']!.operations['restart-services']).toBeUndefined();
  });

  test('principal-missing: undone, naming the host that did not join', async () => {
    const { status } = await play('principal-missing');

    expectUndone(status);
    expect(status.failure!.code).toBe('PRINCIPAL_MISSING');
    expect(status.failure!.message).toContain('fin03.lab.example');
    expect(status.hosts.find(({ host }) => host.startsWith('fin03'))).toMatchObject({
      discovered: 'yes',
      joined: 'no',
    });
  });

  test('unknown-principal: waits for the yes, observes again and says why, completes', async () => {
    const { status } = await play('unknown-principal');

    expect(status.outcome).toBe('completed');
    expect(status.allowedPrincipals.map(({ by }) => by)).toEqual(['LAB\\carol']);
    expect(status.stages.find(({ name }) => name === 'observe')!.note!.kind).toBe('observation-restarted');
    expect(status.after!.dmsa!.principals.map(({ name }) => name)).toContain('KIOSK07$');
  });

  test('undo-after-complete: Undo is called twice, and everything is as it was before', async () => {
    const { status, counts } = await play('undo-after-complete');

    expectUndone(status);
    expect(status.failure!.code).toBe('UNDO_REQUESTED');
    expect(counts.ssh['mgmt01.lab.example']!.operations['undo-migration']).toBe(2);
    expect(status.after!.account!.enabled).toBe(true);
    expect(status.after!.account!.servicePrincipalNames).toEqual(
      status.before!.account!.servicePrincipalNames,
    );
  });

  test('already-started-by-others: refused, and the foreign link is left as it is', async () => {
    const { status } = await play('already-started-by-others');

    expectRefused(status, 'LINK_FOREIGN', status.before!.account!.dn);
    expect(status.after!.account!.supersededBy).toBe(status.after!.dmsa!.dn);
  });

  test('root-key-later: preflight lasts until the key is effective, and nothing was changed before', async () => {
    const began = Date.now();
    const { status } = await play('root-key-later');

    expect(status.outcome).toBe('completed');
    const ended = (name: string) => Date.parse(status.stages.find((stage) => stage.name === name)!.endedAt!);
    expect(ended('preflight')).toBeGreaterThanOrEqual(began + 8_000);
    expect(status.findings.map(({ code }) => code)).not.toContain('KDS_KEY_NOT_EFFECTIVE');
  });

  test('privileged-account: refused, and the group is named', async () => {
    const { status } = await play('privileged-account');

    expectRefused(status, 'ACCOUNT_PRIVILEGED', status.before!.account!.dn);
    const { evidence } = status.findings.find(({ code }) => code === 'ACCOUNT_PRIVILEGED')!;
    expect(evidence).toContain('Domain Admins');
  });

  test('standalone-state: refused, with the fix', async () => {
    const { status } = await play('standalone-state');

    expectRefused(status, 'DMSA_STATE_NOT_UNLINKED', status.before!.dmsa!.dn);
    expect(status.findings.find(({ code }) => code === 'DMSA_STATE_NOT_UNLINKED')!.fix).toContain(
      'msDS-DelegatedMSAState to 0',
    );
  });

  test('clock-skewed: refused, with how far it is ahead', async () => {
    const { status } = await play('clock-skewed');

    expectRefused(status, 'HOST_CLOCK_SKEWED', 'fin03.lab.example');
    const { evidence } = status.findings.find(({ code }) => code === 'HOST_CLOCK_SKEWED')!;
    expect(evidence).toMatch(/^(359|36[01]) s ahead of the domain controller$/);
  });

  test('group-policy: refused, and the group policy is named', async () => {
    const { status } = await play('group-policy');

    expectRefused(status, 'POLICY_FROM_GROUP_POLICY', 'fin02.lab.example');
    const { evidence } = status.findings.find(({ code }) => code === 'POLICY_FROM_GROUP_POLICY')!;
    expect(evidence).toBe('Server hardening delivers 0');
  });

  test('clustered: completed, and the service of the cluster was left alone', async () => {
    const { status, counts } = await play('clustered');

    expect(status.outcome).toBe('completed');
    expect(counts.restarts).toBe(6);
    const restarted = status.stages.find(({ name }) => name === 'restart-services')!.changed;
    expect(restarted).toContainEqual({
      ...{ kind: 'restarted', host: 'fin03.lab.example' },
      ...{ services: ['Finance Reports'], pools: [] },
    });
  });

  test('pools-and-checks: completed, the pool recycled and the host healthy at the third attempt', async () => {
    const { status, counts } = await play('pools-and-checks');

    expect(status.outcome).toBe('completed');
    const restarted = status.stages.find(({ name }) => name === 'restart-services')!.changed;
    expect(restarted).toContainEqual({
      ...{ kind: 'restarted', host: 'fin01.lab.example' },
      ...{ services: ['FinanceApi'], pools: ['FinanceWeb'] },
    });
    expect(status.hosts.map(({ healthy }) => healthy)).toEqual(['yes', 'yes', 'yes']);
    // Four services and a pool, once while linked and once after completion.
    expect(counts.restarts).toBe(10);
  });

  test('health-check-fails: undone, and no service on the other hosts was touched', async () => {
    const { status, counts } = await play('health-check-fails');

    expectUndone(status);
    expect(status.failure!.code).toBe('HEALTH_CHECK_FAILED');
    expect(status.hosts.map(({ healthy }) => healthy ?? 'unknown')).toEqual(['no', 'unknown', 'unknown']);
    expect(counts.ssh['fin02.lab.example']!.operations['restart-services']).toBeUndefined();
    expect(counts.ssh['fin03.lab.example']!.operations['restart-services']).toBeUndefined();
  });

  test('canary-dies: undone, its service runs again, and the other hosts were not touched', async () => {
    const { status, counts } = await play('canary-dies');

    expectUndone(status);
    expect(status.failure!.message).toContain('FinanceApi is Stopped');
    expect(counts.ssh['fin02.lab.example']!.operations['restart-services']).toBeUndefined();
    expect(counts.ssh['fin03.lab.example']!.operations['restart-services']).toBeUndefined();
  });

  test('host-retried: completed with every host, by a person’s word', async () => {
    const { status } = await play('host-retried');

    expect(status.outcome).toBe('completed');
    expect(status.signals).toEqual([
      expect.objectContaining({
        signal: 'retry',
        about: 'fin02.lab.example',
        by: 'LAB\\carol',
        verdict: 'accepted',
      }),
    ]);
    expect(status.hosts.map(({ restarted }) => restarted)).toEqual(['yes', 'yes', 'yes']);
  });

  test('host-skipped: completed without the host, which is shown with the reason', async () => {
    const { status } = await play('host-skipped');

    expect(status.outcome).toBe('completed');
    expect(status.hosts.map(({ skipped }) => skipped?.reason)).toEqual([
      undefined,
      'it is taken out of service',
      undefined,
    ]);
    expect(status.after!.dmsa!.principals.map(({ name }) => name).sort()).toEqual(['FIN01$', 'FIN03$']);
  });

  test('too-many-failures: undone, naming the hosts', async () => {
    const { status } = await play('too-many-failures');

    expectUndone(status);
    expect(status.failure!.code).toBe('TOO_MANY_FAILURES');
    expect(status.failure!.message).toContain('fin02.lab.example');
    expect(status.failure!.message).toContain('fin03.lab.example');
  });

  test('reboots: completed, every host once, and its services ran again', async () => {
    const { status, counts } = await play('reboots');

    expect(status.outcome).toBe('completed');
    for (const host of ['fin01', 'fin02', 'fin03'])
      expect([host, counts.ssh[`${host}.lab.example`]!.operations['restart-host']]).toEqual([host, 1]);
    expect(status.stages.find(({ name }) => name === 'reboot-hosts')!.changed).toHaveLength(3);
    expect(counts.restarts).toBe(8);
  });
});
