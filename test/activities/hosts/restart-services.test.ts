import { describe, expect, test } from 'vitest';
import type { HostOutcome } from '../../../activities/hosts/each-host.ts';
import type { RestartResult } from '../../../activities/hosts/restart-services.ts';
import type { LabHost } from '../../../lab/topology.ts';
import {
  asked,
  entryOf,
  failureOf,
  type InLab,
  inLab,
  linked,
  migrationId,
  principals,
  run,
} from '../in-lab.ts';
import { fin01, fin02, fin03 } from './entries.ts';

async function preparedLink(faults?: Parameters<typeof linked>[1]): Promise<InLab> {
  const world = await linked((topology) => {
    for (const host of topology.hosts) {
      host.policy = { value: 1, keyExists: true };
      host.eventLogEnabled = true;
    }
  }, faults);
  return world;
}

function restartInput(world: InLab, direction: 'forward' | 'undo' = 'forward') {
  const entries = world.lab.topology.hosts.map(({ name, services }) =>
    entryOf(world, 'restart-services', { services: services.map((each) => each.name) }, 'intended', name),
  );
  const intentAt = world.clock.now.toISOString();
  return {
    migrationId,
    entries,
    maxParallel: 1,
    serviceTimeout: '30s',
    direction,
    intentAt,
    eventLogEnabled: true,
  };
}

describe('restarting services', () => {
  test('stops at the first host whose service does not come back', async () => {
    const world = await preparedLink();
    world.lab.hosts[0]!.settings.services[0]!.failingStarts = 1;
    const failure = await failureOf(run(world, 'restartServices', restartInput(world)));
    expect(failure).toMatchObject({ type: 'SERVICE_START_FAILED', nonRetryable: true });
    expect(failure.details?.[0]).toMatchObject([
      { host: fin01, status: 'failed', code: 'SERVICE_START_FAILED' },
      { host: fin02, status: 'untouched' },
      { host: fin03, status: 'untouched' },
    ]);
    expect([asked(world, 'restart-services', fin02), asked(world, 'restart-services', fin03)]).toEqual([
      0, 0,
    ]);
    expect(await principals(world)).toEqual([]);
  });

  test('restarts each service once, after which every host has joined, and says what the log proves', async () => {
    const world = await preparedLink();
    const events = { discovered: 'yes', joined: 'yes', keysFetched: 'no' };
    const nothingElse = { recycled: [], dependents: [], unhealthy: [] };
    const told = { events, startNameKept: 'unknown', healthy: 'unknown', ...nothingElse };
    expect(await run(world, 'restartServices', restartInput(world))).toEqual([
      { host: fin01, status: 'done', result: { restarted: ['FinanceApi'], ...told } },
      { host: fin02, status: 'done', result: { restarted: ['FinanceApi'], ...told } },
      { host: fin03, status: 'done', result: { restarted: ['FinanceBatch', 'Finance Reports'], ...told } },
    ]);
    expect(world.lab.counts().restarts).toBe(4);
    expect(await principals(world)).toEqual(world.plan.hosts.map((host) => host.computerSid).sort());
  });

  test('proves nothing by silence where the log was off', async () => {
    const world = await inLab();
    const silent = { ...restartInput(world), eventLogEnabled: false };
    const [first] = await run(world, 'restartServices', silent);
    expect(first).toMatchObject({
      result: { events: { discovered: 'unknown', joined: 'unknown', keysFetched: 'unknown' } },
    });
  });

  test('on a retry leaves alone what has been restarted, and starts what was left stopped', async () => {
    const world = await preparedLink();
    const input = restartInput(world);
    const api = world.lab.hosts[1]!.settings.services[0]!;
    await run(world, 'restartServices', input);
    api.state = 'Stopped';
    const outcomes = await run(world, 'restartServices', input, 2);
    expect(outcomes.map((outcome) => outcome.status === 'done' && outcome.result.restarted)).toEqual([
      [],
      ['FinanceApi'],
      [],
    ]);
    expect(world.lab.counts().restarts).toBe(5);
  });

  test('whose answer was lost happens once: the retry finds the services started', async () => {
    const lost = new Set<string>();
    const world = await preparedLink({
      ssh: {
        onSession: (host, operation) => {
          if (operation !== 'restart-services' || lost.has(host)) return null;
          lost.add(host);
          return 'drop-after';
        },
      },
    });
    const input = { ...restartInput(world), maxParallel: 3 };
    expect(await failureOf(run(world, 'restartServices', input))).toMatchObject({
      type: 'SESSION_LOST',
      nonRetryable: false,
    });
    const outcomes = await run(world, 'restartServices', input, 2);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['done', 'done', 'done']);
    expect(world.lab.counts().restarts).toBe(4);
  });

  test('undoing starts again what does not run', async () => {
    const world = await preparedLink();
    world.lab.hosts[0]!.settings.services[0]!.state = 'Stopped';
    const [first] = await run(world, 'restartServices', restartInput(world, 'undo'));
    expect(first).toMatchObject({ status: 'done', result: { restarted: ['FinanceApi'] } });
    expect(world.lab.hosts[0]!.settings.services[0]!.state).toBe('Running');
    expect(world.journal.slice(0, 2)).toEqual(['undoing restart-services', 'undone restart-services']);
  });
});

describe('restarting what belongs to the services', () => {
  const check = { kind: 'tcp' as const, port: 443, attempts: 3, everySeconds: 1 };
  const outcomeOf = ([first]: HostOutcome<RestartResult>[]) => first;

  /** One host, which has a pool and a dependent besides. */
  async function withMore(change: (host: LabHost) => void = () => undefined) {
    const world = await linked((topology) => {
      topology.hosts.splice(1);
      const [host] = topology.hosts;
      host!.policy = { value: 1, keyExists: true };
      host!.pools = [{ name: 'Web', account: 'LAB\\svc-finance', state: 'Started' }];
      const usual = { startName: 'LocalSystem', startMode: 'Auto', restartMs: 0, failingStarts: 0 };
      host!.services.push({ ...usual, name: 'Cache', state: 'Running', dependencies: ['FinanceApi'] });
      change(host!);
    });
    const beforeImage = { services: ['FinanceApi'], pools: ['Web'] };
    const entry = entryOf(world, 'restart-services', beforeImage, 'intended', fin01);
    const startNames = { [fin01]: { FINANCEAPI: 'lab\\SVC-finance' } };
    return {
      world,
      input: { ...restartInput(world), entries: [entry], checks: { [fin01]: [check] }, startNames },
    };
  }

  test('a host that stays unhealthy has failed, and says so; an undo goes on', async () => {
    const { world, input } = await withMore((host) => {
      host.failingChecks = 6;
    });
    const message = 'tcp port 443 is not healthy: no answer (3 of 3 attempts)';
    const failure = await failureOf(run(world, 'restartServices', input));
    expect(failure).toMatchObject({ type: 'HEALTH_CHECK_FAILED', nonRetryable: true });
    expect(failure.details?.[0]).toMatchObject([
      {
        host: fin01,
        status: 'failed',
        code: 'HEALTH_CHECK_FAILED',
        message,
        result: { restarted: ['FinanceApi'], healthy: 'no', unhealthy: [message] },
      },
    ]);
    expect(world.journal).toEqual(['about-to restart-services']);
    const undone = outcomeOf(await run(world, 'restartServices', { ...input, direction: 'undo' }));
    expect(undone).toMatchObject({ status: 'done', result: { healthy: 'no', unhealthy: [message] } });
  });

  test('pools, dependents, names and health are told', async () => {
    const { world, input } = await withMore((host) => {
      host.failingChecks = 2;
    });
    expect(outcomeOf(await run(world, 'restartServices', input))).toMatchObject({
      status: 'done',
      result: {
        restarted: ['FinanceApi'],
        recycled: ['Web'],
        dependents: ['Cache'],
        startNameKept: 'yes',
        healthy: 'yes',
        unhealthy: [],
      },
    });
  });

  test('a StartName that was changed is a no, one that nobody knows unknown', async () => {
    const { world, input } = await withMore();
    const changed = { ...input, startNames: { [fin01]: { FinanceApi: 'LAB\\svc-other' } } };
    const kept = (outcome: HostOutcome<RestartResult> | undefined) =>
      outcome?.status === 'done' && outcome.result.startNameKept;
    expect(kept(outcomeOf(await run(world, 'restartServices', changed)))).toBe('no');
    expect(kept(outcomeOf(await run(world, 'restartServices', { ...input, startNames: {} })))).toBe(
      'unknown',
    );
  });

  test('what an earlier wave left stopped is started where the host was tried before', async () => {
    const { world, input } = await withMore((host) => {
      host.services[0]!.failingStarts = 1;
    });
    expect(await failureOf(run(world, 'restartServices', input))).toMatchObject({
      type: 'SERVICE_START_FAILED',
    });
    const again = outcomeOf(await run(world, 'restartServices', { ...input, triedBefore: [fin01] }));
    expect(again).toMatchObject({ result: { restarted: ['FinanceApi'], dependents: ['Cache'] } });
    expect(world.lab.hosts[0]!.settings.services.map(({ state }) => state)).toEqual(['Running', 'Running']);
  });

  test.each([
    ['SERVICE_CLUSTERED', { clusterResource: 'Finance' }],
    ['SERVICE_DISABLED', { startMode: 'Disabled' }],
  ])('%s is refused before anything is touched', async (code, changes) => {
    const { world, input } = await withMore((host) => {
      Object.assign(host.services.at(-1)!, changes);
    });
    expect(await failureOf(run(world, 'restartServices', input))).toMatchObject({ type: code });
    expect(world.lab.counts().restarts).toBe(0);
  });
});
