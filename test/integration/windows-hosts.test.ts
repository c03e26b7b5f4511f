import { randomUUID } from 'node:crypto';

import { describe, expect, onTestFinished, test } from 'vitest';

import { type Played, playInLab } from '../../lab/demo/play-scenario.ts';
import { startLab } from '../../lab/lab.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import { managementHost } from '../../lab/topology.ts';
import { differences } from '../../src/domain/facts/compare.ts';
import { testServer, topologyFor } from '../lab/scenarios/support.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { startWindowsHosts, type WindowsHosts } from '../support/windows/hosts.ts';
import { missing } from './openssh-server.ts';

const lack = missing() ?? (await temporalAvailable()).reason;
const members = ['fin01.lab.example', 'fin02.lab.example', 'fin03.lab.example'];
const policyKey =
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Kerberos\\Parameters';

/** Sessions that a migration without undo may open on one host, from planning to the end of the soak. */
const sessionsPerHost = 8;

/** Each session takes seconds on a busy machine: a server, a login, an engine. */
const waits = { join: '60s', checkEvery: '2s' } as const;

/** Nothing on the way is simulated but Windows' own cmdlets: OpenSSH, the PowerShell engine and the scripts are real. */
describe.skipIf(lack)(`Migrations of Windows hosts${lack ? ` (skipped: ${lack})` : ''}`, () => {
  test('undo-after-complete: every host is as it was before, down to its registry', async () => {
    const { hosts, played, before } = await play('undo-after-complete');
    const { status } = played;

    expect(status.outcome).toBe('undone');
    expect(status.failure!.code).toBe('UNDO_REQUESTED');
    expect(differences(status.before!, status.after!)).toEqual([]);
    expect(status.after!.dmsa).toBeNull();
    const cmdlets = hosts.bridge.asked.filter((asked) => asked.endsWith('Migration'));
    expect(cmdlets).toEqual([
      'Start-ADServiceAccountMigration',
      'Complete-ADServiceAccountMigration',
      'Undo-ADServiceAccountMigration',
      'Undo-ADServiceAccountMigration',
    ]);
    expect(hosts.bridge.asked.at(-1)).toBe('Remove-ADServiceAccount');
    for (const host of members) {
      expect([host, await hosts.registry(host)]).toEqual([host, before.get(host)!.registry]);
      const { eventLogEnabled, services, calls } = await hosts.state(host);
      const earlier = before.get(host)!.state;
      expect([host, eventLogEnabled]).toEqual([host, earlier.eventLogEnabled]);
      expect(services.map(({ name, startName, state }) => ({ name, startName, state }))).toEqual(
        earlier.services.map(({ name, startName, state }) => ({ name, startName, state })),
      );
      // Linked, completed, unlinked: a service logs on anew each time.
      for (const { name } of services)
        expect(calls.filter((call) => call === `Start ${name}`)).toHaveLength(
          hosts.bridge.asked.filter((asked) => asked === `logon ${earlier.name}`).length / services.length,
        );
    }
    expect(simulatedSessions(played)).toBe(0);
  }, 400_000);

  test('happy: services end up on the dMSA, with the evidence of every host', async () => {
    const { hosts, played, before } = await play('happy');
    const { status } = played;

    expect(status.outcome).toBe('completed');
    expect(status.after!.account).toMatchObject({ state: 2, enabled: false, servicePrincipalNames: [] });
    expect(status.after!.dmsa!.principals.map(({ name }) => name).sort()).toEqual([
      'FIN01$',
      'FIN02$',
      'FIN03$',
    ]);
    const yes = { policy: 'yes', build: 'yes', logOn: 'yes', startNameKept: 'yes', restarted: 'yes' };
    const joined = { discovered: 'yes', joined: 'yes', principal: 'yes', keysFetched: 'yes' };
    expect(status.hosts).toEqual(members.map((host) => expect.objectContaining({ host, ...yes, ...joined })));
    for (const host of members) {
      const registry = structuredClone(before.get(host)!.registry);
      const { name, services, events, eventLogEnabled } = await hosts.state(host);
      const now = await hosts.registry(host);
      expect(now[policyKey]).toEqual({ DelegatedMSAEnabled: { type: 'DWord', value: 1 } });
      // No note of dependents is left, and nothing else was written.
      const keys = Object.keys(now).filter((key) => !policyKey.startsWith(key));
      expect(keys).toEqual(Object.keys(registry).filter((key) => !policyKey.startsWith(key)));
      expect(eventLogEnabled).toBe(true);
      const said = services.flatMap(() => [307, 308]).concat(services.map(() => 309));
      expect([name, events.map(({ id }) => id)]).toEqual([name, said]);
      expect(services.map(({ startName }) => startName)).toEqual(
        before.get(host)!.state.services.map(({ startName }) => startName),
      );
    }
    // A connection is kept for a while: no host takes one more often than a stage begins there.
    for (const host of [...members, managementHost])
      expect(hosts.connections(host)).toBeLessThanOrEqual(sessionsPerHost);
    // The lab's own hosts were never asked.
    expect(simulatedSessions(played)).toBe(0);
  }, 400_000);
});

async function play(name: string) {
  const topology = topologyFor(name);
  const lab = await startLab({ topology });
  onTestFinished(() => lab.close());
  const hosts = await startWindowsHosts(lab);
  onTestFinished(() => hosts.close());
  const before = await whatIsThere(hosts);
  const settings = { ...hosts.settings, worker: { taskQueue: `dmsa-windows-${randomUUID()}` } };
  const played = await playInLab({ ...lab, settings }, scenarios[name]!, topology, {
    temporal: await testServer(),
    request: waits,
  });
  return { hosts, played, before };
}

async function whatIsThere(hosts: WindowsHosts) {
  const found = members.map(
    async (host) => [host, { state: await hosts.state(host), registry: await hosts.registry(host) }] as const,
  );
  return new Map(await Promise.all(found));
}

function simulatedSessions({ counts }: Played): number {
  return Object.values(counts.ssh).reduce((sum, { sessions }) => sum + sessions, 0);
}
