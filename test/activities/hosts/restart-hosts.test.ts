import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';

import type { HostOutcome } from '../../../activities/hosts/each-host.ts';
import {
  type RebootResult,
  type RestartHostsInput,
  restartHosts,
} from '../../../activities/hosts/restart-hosts.ts';
import type { SshFaults } from '../../../lab/ssh/faults.ts';
import type { Topology } from '../../../lab/topology.ts';
import { type Clock, systemClock } from '../../../src/async/clock.ts';
import { connectionsOf } from '../../../src/connections.ts';
import { asked, entryOf, failureOf, type InLab, inLab, migrationId, silent } from '../in-lab.ts';

const [fin01, fin02] = ['fin01.lab.example', 'fin02.lab.example'] as const;
const intentAt = '2025-06-01T09:00:00.000Z';
const later = '2025-06-01T09:05:00.000Z';

/** A lab that has run for an hour when the restart is meant; what it starts again starts at `later`. */
async function anHourLater(change?: (topology: Topology) => void, ssh: SshFaults = {}): Promise<InLab> {
  const world = await inLab(change, { ssh });
  world.clock.now = new Date(later);
  return world;
}

/** Waits a thousandth of what it is told to. */
const hurried: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 1_000, signal) };

function reboot(world: InLab, changes: Partial<RestartHostsInput> = {}, attempt = 1) {
  const entries = [fin01, fin02].map((host) => entryOf(world, 'restart-host', null, 'intended', host));
  const input: RestartHostsInput = {
    migrationId,
    entries,
    maxParallel: 2,
    timeout: '1h',
    intentAt,
    ...changes,
  };
  const info = { attempt, currentAttemptScheduledTimestampMs: Date.parse(later) };
  const environment = new MockActivityEnvironment(info, { logger: silent });
  const run = (): Promise<HostOutcome<RebootResult>[]> =>
    environment.run(() => restartHosts({ ...world.deps, clock: hurried }, input));
  return { run, environment };
}

const back = (host: string) => ({ host, status: 'done', result: { bootTime: later } });
const rebootsOf = (world: InLab, host: string) => asked(world, 'restart-host', host);
const services = ({ lab }: InLab) =>
  lab.hosts.slice(0, 2).map(({ settings }) => settings.services.map(({ state }) => state));

describe('restarting hosts', () => {
  test('fails with HOST_NOT_BACK where one does not answer any more in its time', async () => {
    const world = await anHourLater((topology) => {
      topology.hosts[0]!.staysDown = true;
    });
    const failure = await failureOf(reboot(world, { timeout: '50ms' }).run());
    expect(failure).toMatchObject({ type: 'HOST_NOT_BACK', nonRetryable: true });
    expect(failure.message).toMatch(
      /^fin01\.lab\.example: no new boot time within 50ms: (HOST_UNREACHABLE|SESSION_LOST) /,
    );
    expect(failure.details?.[0]).toMatchObject([
      { host: fin01, status: 'failed', code: 'HOST_NOT_BACK' },
      back(fin02),
    ]);
    expect(rebootsOf(world, fin01)).toBe(1);
    expect(world.journal.filter((line) => line === 'done restart-host')).toHaveLength(1);
  });

  test('fails for now, and tells nobody, where no connection can be made', async () => {
    const world = await anHourLater();
    const hosts = structuredClone(world.lab.settings.hosts);
    // The port of nobody (RFC 6335, 6).
    for (const name of [fin01, fin02]) hosts[name]!.port = 0;
    const elsewhere = { ...world.lab.settings, hosts };
    Object.assign(world.deps, connectionsOf(elsewhere));
    expect(await failureOf(reboot(world).run())).toMatchObject({
      type: 'HOST_UNREACHABLE',
      nonRetryable: false,
    });
    expect([rebootsOf(world, fin01), rebootsOf(world, fin02)]).toEqual([0, 0]);
  });

  test('waits until each is back with a new boot time and its services, and tells each once', async () => {
    const world = await anHourLater((topology) => {
      topology.hosts[0]!.rebootMs = 50;
      topology.hosts[1]!.services[0]!.startMode = 'Manual';
    });
    expect(await reboot(world).run()).toEqual([back(fin01), back(fin02)]);
    expect([rebootsOf(world, fin01), rebootsOf(world, fin02)]).toEqual([1, 1]);
    expect(services(world)).toEqual([['Running'], ['Stopped']]);
    expect(world.journal.sort()).toEqual([
      ...Array(2).fill('about-to restart-host'),
      ...Array(2).fill('done restart-host'),
    ]);
  });

  test.each(['drop-after', 'drop-before'] as const)(
    'restarts one once whose session was lost (%s), in the same attempt',
    async (fault) => {
      const lost = new Set<string>();
      const onSession: SshFaults['onSession'] = (host, operation) => {
        if (operation !== 'restart-host' || lost.has(host)) return null;
        lost.add(host);
        return fault;
      };
      const world = await anHourLater(undefined, { onSession });
      expect(await reboot(world).run()).toEqual([back(fin01), back(fin02)]);
      // Told again only where it came back with nothing done.
      expect(rebootsOf(world, fin01)).toBe(fault === 'drop-after' ? 1 : 2);
    },
  );

  test('on a retry leaves those alone that have booted since, and tells the others', async () => {
    const world = await anHourLater();
    await reboot(world, {
      entries: [entryOf(world, 'restart-host', null, 'intended', fin01)],
    }).run();
    world.clock.now = new Date('2025-06-01T10:00:00.000Z');
    const [first, second] = await reboot(world, {}, 2).run();
    expect(first).toEqual(back(fin01));
    expect(second).toMatchObject({ status: 'done', result: { bootTime: '2025-06-01T10:00:00.000Z' } });
  });

  test('that were told are waited for when the wave is cancelled; the others are not told', async () => {
    const world = await anHourLater((topology) => {
      topology.hosts[0]!.rebootMs = 50;
    });
    const { run, environment } = reboot(world, { maxParallel: 1 });
    const { transport } = world.deps;
    world.deps.transport = {
      ...transport,
      run: async (host, operation, ...rest) => {
        const answer = await transport.run(host, operation, ...rest);
        if (operation === 'restart-host') environment.cancel();
        return answer;
      },
    };
    expect(await run()).toEqual([back(fin01), { host: fin02, status: 'untouched' }]);
    expect(rebootsOf(world, fin02)).toBe(0);
  });
});
