import { Socket } from 'node:net';

import { expect, test, vi } from 'vitest';

import { defaultTopology } from '../../lab/topology.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { targetOf } from '../../src/domain/plan/plan.ts';
import { askHost } from '../../src/inspection/ask-host.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';
import type { Transport } from '../../src/powershell/transport.ts';
import { domainInProcess } from '../support/in-process.ts';
import { dmsaDn, entryOf, migrationId, run } from './in-lab.ts';

test('activities run from the plan to the principals, and back, behind ports without a socket', async () => {
  const connecting = vi.spyOn(Socket.prototype, 'connect');
  const topology = defaultTopology({ restartMs: 0 });
  const world = await domainInProcess(topology);
  const request = parseRequest({
    account: 'svc-finance',
    dmsa: 'dmsa-finance',
    hosts: topology.hosts.map((host) => host.name),
    requestedBy: 'LAB\\alice',
  });
  const plan = (await makePlan(request, world.deps, world.clock.now)).plan!;
  const [target, { server }] = [targetOf(plan), plan.domain];

  const evidence = await run(world, 'preflight', {
    plan,
    gate: 'start',
    expect: 'unlinked',
    allowed: [],
    hosts: null,
    server,
  });
  expect(evidence.findings.filter(({ severity }) => severity === 'block')).toEqual([]);
  expect(evidence.facts.hosts.map(({ services }) => services.length > 0)).toEqual([true, true, true]);

  const ofHosts = evidence.facts.hosts.map(({ name, policy, eventLogEnabled }) =>
    entryOf(world, 'prepare-host', { policy, eventLogEnabled }, 'intended', name),
  );
  const hosts = { migrationId, entries: ofHosts, maxParallel: 2 };
  await run(world, 'prepareHosts', { ...hosts, enableEventLog: true });
  const create = { migrationId, target, entry: entryOf(world, 'create-dmsa', null) };
  expect((await run(world, 'createDmsa', create)).dn).toBe(dmsaDn);
  const image = { account: evidence.facts.account, dmsa: null, createdByUs: true };
  const link = { migrationId, target, entry: entryOf(world, 'link', image) };
  expect((await run(world, 'startMigration', link)).account.supersededBy).toBe(dmsaDn);

  const entries = plan.hosts.map(({ name, services }) =>
    entryOf(world, 'restart-services', { services }, 'intended', name),
  );
  const restarted = await run(world, 'restartServices', {
    ...{ migrationId, entries, maxParallel: 2, serviceTimeout: '5m' },
    ...{ direction: 'forward', intentAt: world.clock.now.toISOString(), eventLogEnabled: true },
  });
  expect(restarted.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  const until = world.clock.now.toISOString();
  const { principals } = await run(world, 'verifyPrincipals', { target, hosts: plan.hosts, until });
  expect(principals.map(({ name }) => name)).toEqual(['FIN01$', 'FIN02$', 'FIN03$']);

  await run(world, 'undoLink', link);
  await run(world, 'removeDmsa', create);
  await run(world, 'restoreHosts', hosts);
  const restored = await run(world, 'verifyRestored', { plan, before: evidence.facts, server });
  expect(restored.differences).toEqual([]);
  expect(world.journal.filter((line) => line === 'undone prepare-host')).toHaveLength(3);
  expect(connecting).not.toHaveBeenCalled();
});

test('a read that fails for a while is made again by a clock that costs no time', async () => {
  const world = await domainInProcess(defaultTopology({ restartMs: 0 }));
  const { transport } = world.deps;
  let failures = 3;
  const unreachable = (host: string) => new DmsaError('HOST_UNREACHABLE', host, 'not yet');
  const failing: Transport['run'] = (host, ...rest) =>
    failures-- > 0 ? Promise.reject(unreachable(host)) : transport.run(host, ...rest);
  const ports = { ...world.deps, transport: { run: failing } };
  const before = world.clock.now.getTime();
  const answer = await askHost(ports, 'fin01.lab.example', { eventsSince: null });
  expect(answer.inventory?.computerName).toBe('FIN01');
  expect(world.clock.now.getTime() - before).toBe(200 + 400 + 800);
});
