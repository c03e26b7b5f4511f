import { describe, expect, test } from 'vitest';
import type { PolicyValue } from '../../../src/domain/facts/host-facts.ts';
import type { JournalEntryOf } from '../../../src/domain/migration/journal.ts';
import type { Transport } from '../../../src/powershell/transport.ts';
import { entryOf, failureOf, type InLab, inLab, migrationId, run } from '../in-lab.ts';
import { fin01, fin02, fin03 } from './entries.ts';

const absent: PolicyValue = { value: null, keyExists: false };

function hostEntries(world: InLab): JournalEntryOf<'prepare-host'>[] {
  return world.lab.topology.hosts.map(({ name, policy, eventLogEnabled }) =>
    entryOf(world, 'prepare-host', { policy: { ...policy }, eventLogEnabled }, 'intended', name),
  );
}

const hostsInput = (world: InLab, entries = hostEntries(world)) => ({ migrationId, entries, maxParallel: 2 });

const states = ({ lab }: InLab) =>
  lab.hosts.map(({ settings }) => ({ policy: settings.policy, eventLogEnabled: settings.eventLogEnabled }));

const sessions = ({ lab }: InLab, host: string) => lab.counts().ssh[host]!.sessions;

/** A transport whose answer to one operation is changed on the way. */
function altered(world: InLab, operation: string, change: (answer: never) => unknown): InLab {
  const { transport } = world.deps;
  const run: Transport['run'] = async (host, name, ...rest) => {
    const answer = await transport.run(host, name, ...rest);
    return name === operation ? (change(answer as never) as typeof answer) : answer;
  };
  return { ...world, deps: { ...world.deps, transport: { run } } };
}

describe('preparing hosts', () => {
  test('fails for now where a host says done and reads back something else, with what became of the others', async () => {
    const world = await inLab();
    const lying = altered(world, 'set-host', (answer: { policy: PolicyValue }) => ({
      ...answer,
      policy: absent,
    }));
    const failure = await failureOf(
      run(lying, 'prepareHosts', { ...hostsInput(world), maxParallel: 1, enableEventLog: true }),
    );
    expect(failure).toMatchObject({ type: 'HOST_NOT_VERIFIED', nonRetryable: false });
    const message = 'the host reports success, and reads back policy absent, event log on';
    expect(failure.message).toBe(`${fin01}: ${message}`);
    expect(failure.details).toEqual([
      [
        { host: fin01, status: 'failed', code: 'HOST_NOT_VERIFIED', message },
        { host: fin02, status: 'untouched' },
        { host: fin03, status: 'untouched' },
      ],
    ]);
    expect(world.journal).toEqual(['about-to prepare-host']);
  });

  test('sets the value and the log on each, in one session, and says what it changed', async () => {
    const world = await inLab();
    const before = sessions(world, fin01);
    expect(await run(world, 'prepareHosts', { ...hostsInput(world), enableEventLog: true })).toEqual([
      {
        host: fin01,
        status: 'done',
        result: { changed: ['policy', 'log'] },
      },
      { host: fin02, status: 'done', result: { changed: ['policy'] } },
      {
        host: fin03,
        status: 'done',
        result: { changed: ['policy', 'log'] },
      },
    ]);
    const prepared = { policy: { value: 1, keyExists: true }, eventLogEnabled: true };
    expect(states(world)).toEqual([prepared, prepared, prepared]);
    expect(sessions(world, fin01) - before).toBe(1);
    expect(world.journal.sort()).toEqual([
      ...Array(3).fill('about-to prepare-host'),
      ...Array(3).fill('done prepare-host'),
    ]);
  });

  test('leaves the log alone where the plan says so', async () => {
    const world = await inLab();
    await run(world, 'prepareHosts', { ...hostsInput(world), enableEventLog: false });
    expect(states(world).map((state) => state.eventLogEnabled)).toEqual([false, true, false]);
  });
});

describe('preparing a host whose policy a group policy delivers', () => {
  /** Since it was planned: a plan of such a host is refused. */
  const deliveringZero = async () => {
    const world = await inLab();
    const { settings } = world.lab.hosts[1]!;
    settings.policyFrom = { gpo: 'Servers', value: 0 };
    settings.policy = { value: 0, keyExists: true };
    return world;
  };

  test('fails where it delivers another value, names it, and leaves the host as it was', async () => {
    const world = await deliveringZero();
    const failure = await failureOf(
      run(world, 'prepareHosts', { ...hostsInput(world), enableEventLog: true }),
    );
    expect(failure).toMatchObject({ type: 'POLICY_FROM_GROUP_POLICY', nonRetryable: true });
    expect(failure.message).toBe(`${fin02}: The group policy "Servers" delivers 0.`);
    expect(states(world)[1]).toEqual({ policy: { value: 0, keyExists: true }, eventLogEnabled: true });
  });

  test('is one of those that may fail, where some may', async () => {
    const world = await deliveringZero();
    const outcomes = await run(world, 'prepareHosts', {
      ...hostsInput(world),
      enableEventLog: true,
      maxFailures: 1,
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['done', 'failed', 'done']);
  });
});

describe('restoring hosts', () => {
  test('puts each back exactly as it was, absent keys included, however often', async () => {
    const world = await inLab();
    const before = structuredClone(states(world));
    const entries = hostEntries(world);
    await run(world, 'prepareHosts', { ...hostsInput(world, entries), enableEventLog: true });
    await run(world, 'restoreHosts', hostsInput(world, entries));
    expect(states(world)).toEqual(before);
    const again = await run(world, 'restoreHosts', hostsInput(world, entries));
    expect(again.map((outcome) => outcome.status === 'done' && outcome.result.changed)).toEqual([[], [], []]);
  });

  test('leaves the log alone where nobody knows how it was', async () => {
    const world = await inLab();
    const image = { policy: null, eventLogEnabled: null };
    const entry = entryOf(world, 'prepare-host', image, 'intended', fin02);
    await run(world, 'restoreHosts', hostsInput(world, [entry]));
    expect(states(world)[1]).toEqual({ policy: absent, eventLogEnabled: true });
  });
});
