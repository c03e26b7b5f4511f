import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Topology } from '../../../lab/topology.ts';
import { decide } from '../../../src/domain/gates/gates.ts';
import type { MigrationStatus } from '../../../src/domain/migration/status.ts';
import { driftText } from '../../../src/domain/values/drift.ts';
import { seenOf } from '../../domain/facts/seen-of.ts';
import { timeSkippingAvailable } from '../../support/time-skipping.ts';
import { codeOf } from '../../support/verdicts.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from '../support.ts';

const { available, reason } = await timeSkippingAvailable();

const carol = { by: 'LAB\\carol', reason: 'looked at it' };

describe.skipIf(!available)(`a rollout${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('turns back when the canary dies in its bake time, before any other host is touched', async () => {
    await rehearse(theatre, { request: { bake: '2h' } }, async (rehearsal) => {
      const [canary, second] = rehearsal.lab.hosts;
      await rehearsal.approve();
      const baking = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'bake');
      expect(baking.waitingFor).toMatchObject({ length: '2h', until: expect.any(String) });
      canary!.settings.services[0]!.state = 'Stopped';
      await rehearsal.pass('3 hours');
      const { outcome, failure, hosts } = await rehearsal.until((status) => status.outcome !== 'running');
      expect(failure).toMatchObject({ code: 'SERVICE_START_FAILED' });
      expect(failure!.message).toContain('is Stopped');
      expect(outcome).toBe('undone');
      expect(hosts[0]).toMatchObject({ restarted: 'yes', healthy: 'no' });
      expect(second!.restarts).toBe(0);
      expect(canary!.settings.services[0]!.state).toBe('Running');
    });
  });

  test('goes on past hosts that fail, and waits at its end until each is tried again or skipped', async () => {
    const topology = (changed: Topology) => failing(changed, 1, 2);
    await rehearse(theatre, { topology, request: { maxFailures: 2, maxParallel: 1 } }, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      const [first, second, third] = rehearsal.plan.hosts.map(({ name }) => name);
      await rehearsal.approve();
      const parked = await rehearsal.until(({ failedHosts }) => failedHosts.length === 2);
      expect(parked.failedHosts.map(({ host, code }) => [host, code])).toEqual([
        [second, 'SERVICE_START_FAILED'],
        [third, 'SERVICE_START_FAILED'],
      ]);
      const waiting = await rehearsal.until(({ waitingFor }) => waitingFor !== null);
      expect(waiting.waitingFor).toMatchObject({ kind: 'failed-hosts', hosts: [second, third] });
      expect(waiting.hosts[1]).toMatchObject({ restarted: 'no' });

      const handle = theatre.env.client.workflow.getHandle(id);
      await handle.signal('skipHost');
      await handle.signal('skipHost', { host: 'elsewhere.lab.example', by: 'LAB\\carol' });
      await handle.signal('retry', { host: 7 });
      expect(codeOf(await migrations.send(id, 'skipHost', { ...carol, host: first! }))).toBe(
        'SIGNAL_HOST_DONE',
      );
      expect(codeOf(await migrations.send(id, 'retry', { ...carol, host: first! }))).toBe(
        'SIGNAL_HOST_NOT_FAILED',
      );

      expect(codeOf(await migrations.send(id, 'retry', { ...carol, host: label(second!) }))).toBeNull();
      await rehearsal.until(({ failedHosts }) => failedHosts!.length === 1);
      await rehearsal.until(({ hosts }) => hosts[1]!.restarted === 'yes');
      expect(codeOf(await migrations.send(id, 'skipHost', { ...carol, host: third! }))).toBeNull();
      expect(
        codeOf(await migrations.send(id, 'skipHost', { by: 'LAB\\dave', reason: '', host: third! })),
      ).toBe('SIGNAL_SKIPPED_ALREADY');

      const observing = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      expect(observing.hosts[2]).toMatchObject({ skipped: carol, principal: 'unknown' });
      expect(observing.signals!.map(({ signal, verdict }) => [signal, verdict === 'accepted'])).toEqual([
        ['skipHost', false],
        ['skipHost', false],
        ['retry', false],
        ['skipHost', false],
        ['retry', false],
        ['retry', true],
        ['skipHost', true],
        ['skipHost', false],
      ]);
      await completes(rehearsal);
      const done = await rehearsal.status();
      expect(done.findings.map(({ code, subject }) => `${code} ${subject}`)).toContain(
        `PRINCIPAL_MISSING ${third}`,
      );
      expect(done.hosts[1]).toMatchObject({ restarted: 'yes', principal: 'yes', keysFetched: 'yes' });
      expect(done.hosts[2]).toMatchObject({ restarted: 'no', principal: 'no' });
      for (const name of ['policy', 'build', 'logOn', 'joined', 'principal', 'restarted'] as const) {
        expect(seenOf(done.hosts[1]!, name), name).not.toBeNull();
      }
    });
  });

  test('a host is skipped before its turn, and a skip after the votes voids them', async () => {
    await rehearse(theatre, { request: { maxParallel: 1 } }, async (rehearsal) => {
      const { migrations, id, lab } = rehearsal;
      const [first, second, third] = rehearsal.plan.hosts.map(({ name }) => name);
      await rehearsal.until(({ gates }) => gates.length === 1);
      expect(codeOf(await migrations.send(id, 'skipHost', { ...carol, host: label(second!) }))).toBeNull();
      await rehearsal.approve();
      const { gates } = await rehearsal.until((status) => status.gates[0]!.drift.length > 0);
      expect(gates[0]!.drift.map(driftText)).toEqual([`skipped: absent → ["${second}"]`]);
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      expect(lab.hosts.map(({ restarts }) => restarts > 0)).toEqual([true, false, true]);
      expect(lab.hosts[1]!.settings.policy.value).toBe(0);
      await rehearsal.pass('29 days');
      await rehearsal.untilStage('gate-complete');
      expect(codeOf(await migrations.send(id, 'skipHost', { ...carol, host: third! }))).toBeNull();
      await rehearsal.approve();
      const again = await rehearsal.until((status) => status.gates[1]!.drift.length > 0);
      expect(again.gates[1]!.drift.map(driftText)).toEqual([`skipped.${third}: absent → ${third}`]);
      expect(again.gates[1]!.decision).toBe('open');
      await rehearsal.approve();
      await rehearsal.untilStage('soak');
      await migrations.send(id, 'undo', carol);
      const { outcome, before, after, hosts } = await rehearsal.until((each) => each.outcome !== 'running');
      expect(outcome).toBe('undone');
      expect(after).toEqual(before);
      expect(hosts[0]!.host).toBe(first);
    });
  });

  test('turns back when more hosts fail than may, and says which', async () => {
    const topology = (changed: Topology) => failing(changed, 1, 2);
    await rehearse(theatre, { topology, request: { maxFailures: 1, maxParallel: 1 } }, async (rehearsal) => {
      await rehearsal.approve();
      const { outcome, failure, before, after } = await rehearsal.until(
        (status) => status.outcome !== 'running',
      );
      expect(failure!.code).toBe('TOO_MANY_FAILURES');
      expect(failure!.message).toMatch(/^2 hosts failed, and the plan allows 1: .*SERVICE_START_FAILED/);
      expect(outcome).toBe('undone');
      expect(after).toEqual(before);
    });
  });

  test('waits for a window over a weekend, wakes in it, and can be undone while it waits', async () => {
    // Monday night in Zurich: whatever the day, nothing begins before.
    const windows = [{ days: ['mon' as const], from: '22:00', to: '02:00', timeZone: 'Europe/Zurich' }];
    await rehearse(theatre, { request: { windows } }, async (rehearsal) => {
      await rehearsal.approve();
      const waiting = await rehearsal.until(
        ({ waitingFor, stage }) => stage === 'restart-services' && waitingFor?.kind === 'window',
      );
      const opensAt = new Date(waiting.waitingFor!.until!);
      const inZurich = new Intl.DateTimeFormat('en-GB', {
        timeZone: 'Europe/Zurich',
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
      }).format(opensAt);
      expect(inZurich).toBe('Mon 22:00');
      expect(rehearsal.lab.hosts.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
      await rehearsal.pass('7 days');
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      await rehearsal.pass('29 days');
      await rehearsal.approve();
      const before = await rehearsal.until(
        ({ waitingFor, gates }) => decide(gates[1]!) === 'approved' && waitingFor?.kind === 'window',
      );
      expect(before.journal.map(({ step }) => step)).not.toContain('complete');
      await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
      const { outcome, failure } = await rehearsal.until((status) => status.outcome !== 'running');
      expect(failure!.code).toBe('UNDO_REQUESTED');
      expect(outcome).toBe('undone');
    });
  });

  test('reboots what the plan says before anything is linked, keeps groups apart, and puts logs back at the end', async () => {
    const topology = (changed: Topology) => {
      changed.hosts[0]!.policy = { value: 1, keyExists: true };
      changed.hosts[2]!.eventLogEnabled = true;
      // What is started by hand alone does not come back by itself.
      for (const service of changed.hosts[2]!.services) service.startMode = 'Manual';
    };
    const waves: string[][] = [];
    await rehearse(
      theatre,
      {
        topology,
        request: {
          reboot: 'after-policy',
          restoreEventLog: true,
          maxParallel: 3,
          canary: 0,
          groups: [{ name: 'farm', hosts: ['fin02.lab.example', 'fin03.lab.example'] }],
        },
        activities: (real) => ({
          restartServices: (input) => {
            waves.push(input.entries.map(({ target }) => target));
            return real.restartServices(input);
          },
          restartHosts: (input) => {
            waves.push(input.entries.map(({ target }) => `reboot ${target}`));
            return real.restartHosts(input);
          },
        }),
      },
      async (rehearsal) => {
        const [first, second, third] = rehearsal.plan.hosts.map(({ name }) => name);
        await rehearsal.approve();
        await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
        const { stages } = await rehearsal.status();
        const order = stages.map(({ name }) => name);
        expect(order.indexOf('reboot-hosts')).toBe(order.indexOf('create-dmsa') - 1);
        expect(waves).toEqual([[`reboot ${second}`], [`reboot ${third}`], [first!, second!], [third!]]);
        await completes(rehearsal);
        const { after, stages: all } = await rehearsal.status();
        expect(rehearsal.lab.hosts.map(({ settings }) => settings.eventLogEnabled)).toEqual([
          false,
          true,
          true,
        ]);
        expect(rehearsal.lab.hosts.map(({ settings }) => settings.policy.value)).toEqual([1, 1, 1]);
        expect(after!.hosts.map(({ eventLogEnabled }) => eventLogEnabled)).toEqual([false, true, true]);
        expect(all.find(({ name }) => name === 'soak')!.changed).toEqual([
          { kind: 'log-restored', host: first },
        ]);
      },
    );
  });
});

/** Services are restarted in the order of their names: the first of them fails once. */
function failing({ hosts }: Topology, ...which: number[]): void {
  for (const index of which) hosts[index]!.services.at(-1)!.failingStarts = 1;
}

function label(name: string): string {
  return name.split('.')[0]!;
}

async function completes(rehearsal: Rehearsal): Promise<MigrationStatus> {
  await rehearsal.pass('29 days');
  await rehearsal.untilStage('gate-complete');
  await rehearsal.approve();
  await rehearsal.untilStage('soak');
  await rehearsal.pass('2 days');
  return await rehearsal.until(({ outcome }) => outcome === 'completed');
}
