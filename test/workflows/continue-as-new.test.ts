import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { addPrincipal } from '../../lab/rules/logon.ts';
import { type DevServer, startDevServer } from '../../lab/temporal/dev-server.ts';
import { findExecutable } from '../../lab/temporal/executable.ts';
import { type Topology, twoControllers } from '../../lab/topology.ts';
import { octets } from '../../src/directory/entry.ts';
import { sidText } from '../../src/directory/sid.ts';
import { decide } from '../../src/domain/gates/gates.ts';
import { dmsaLockId } from '../../src/domain/plan/plan.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { codeOf } from '../support/verdicts.ts';
import { openTheatre, rehearse, type Theatre } from './support.ts';

const { available, reason } = await temporalAvailable();

/** A server that suggests a new run after this many events, as others do after thousands. */
const suggestAfter = 150;

describe.skipIf(!available)(`a history that grows long${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let server: DevServer;
  let theatre: Theatre;
  beforeAll(async () => {
    server = await startDevServer({
      executable: await findExecutable({ env: process.env, onProgress: () => undefined }),
      namespace: 'default',
      dynamicConfig: [`limit.historyCount.suggestContinueAsNew=${suggestAfter}`],
    });
    const { address } = server;
    theatre = await openTheatre(() => TestWorkflowEnvironment.createFromExistingServer({ address }));
  });
  afterAll(async () => {
    await theatre?.close();
    await server?.close();
  });

  test('goes on in a new run with its votes, its lock and its journal, and can still be undone', async () => {
    const request = { required: 2, observe: '5s', checkEvery: '1s', soak: '1h' };
    await rehearse(theatre, { request }, async (rehearsal) => {
      const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
      const firstRun = (await handle.describe()).runId;
      await rehearsal.approve('LAB\\bob');
      // Each of these is a signal of its own, refused and recorded.
      for (let count = 0; count < suggestAfter; count++) await handle.signal('approve', { nonsense: count });
      await rehearsal.until(({ gates }) => gates[0]!.votes.length === suggestAfter + 1);
      await rehearsal.approve('LAB\\carol');
      expect((await handle.describe()).runId).not.toBe(firstRun);
      const lock = theatre.env.client.workflow.getHandle(dmsaLockId(rehearsal.plan));
      expect((await lock.describe()).status.name).toBe('RUNNING');

      await rehearsal.untilStage('gate-complete');
      const { gates } = await rehearsal.status();
      expect(gates[0]!.votes.filter((vote) => codeOf(vote) === null).map(({ by }) => by)).toEqual([
        'LAB\\bob',
        'LAB\\carol',
      ]);
      expect(gates[0]!.votes.filter((vote) => codeOf(vote) === 'VOTE_MALFORMED')).toHaveLength(suggestAfter);

      await rehearsal.migrations.send(rehearsal.id, 'undo', { by: 'LAB\\carol', reason: 'enough' });
      const { before, after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(after).toEqual(before);
    });
  });

  test('goes on in a new run while a host that failed waits for a word, and knows which hosts had their turn', async () => {
    const request = { observe: '5s', checkEvery: '1s', soak: '1h', maxFailures: 1, bake: '1s' } as const;
    const topology = ({ hosts }: Topology) => {
      hosts[1]!.services[0]!.failingStarts = 1;
    };
    await rehearse(theatre, { request, topology }, async (rehearsal) => {
      const { lab, until, migrations, id } = rehearsal;
      const handle = theatre.env.client.workflow.getHandle(id);
      await rehearsal.approve();
      await until(({ waitingFor }) => waitingFor?.kind === 'failed-hosts');
      const firstRun = (await handle.describe()).runId;
      const restarts = lab.hosts.map((host) => host.restarts);
      for (let count = 0; count < suggestAfter; count++) await handle.signal('skipHost', { nonsense: count });
      const runs = async () => (await handle.describe()).runId;
      await vi.waitUntil(async () => (await runs()) !== firstRun, { timeout: 60_000, interval: 200 });
      const waiting = await until(({ waitingFor }) => waitingFor?.kind === 'failed-hosts');
      expect(waiting.failedHosts!.map(({ host }) => host)).toEqual([lab.hosts[1]!.settings.name]);
      expect(waiting.signals).toHaveLength(suggestAfter);
      await migrations.send(id, 'retry', {
        by: 'LAB\\carol',
        reason: 'mended',
        host: lab.hosts[1]!.settings.name,
      });
      await rehearsal.untilStage('gate-complete');
      const again = lab.hosts.map((host) => host.restarts);
      expect(again[0]).toBe(restarts[0]);
      expect(again[1]).toBe(restarts[1]! + 1);
      expect(again[2]).toBe(restarts[2]);
    });
  });

  test('goes on in a new run while it is held up, also after a vote, which is for what was voted on', async () => {
    const request = { observe: '5s', checkEvery: '1s', soak: '1h' } as const;
    const topology = (changed: Topology) => {
      changed.controllers = twoControllers();
    };
    await rehearse(theatre, { request, topology }, async (rehearsal) => {
      const { lab, until, untilStage } = rehearsal;
      const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
      await rehearsal.approve();
      const { hash } = (await untilStage('gate-complete')).gates[1]!;
      const firstRun = (await handle.describe()).runId;
      lab.replication!.break(new Date(Date.now() - 11 * 3_600_000));
      await rehearsal.approve();
      await until(({ waitingFor }) => waitingFor?.kind === 'replication');
      const runs = async () => (await handle.describe()).runId;
      await vi.waitUntil(async () => (await runs()) !== firstRun, { timeout: 60_000, interval: 200 });
      const held = await until(({ waitingFor }) => waitingFor?.kind === 'replication');
      // Open to a no, for as long as nothing is done.
      expect(held.gates[1]).toMatchObject({ decision: 'open', hash, drift: [] });
      expect(decide(held.gates[1]!)).toBe('approved');

      const kiosk = await lab.dc.required(`CN=KIOSK07,CN=Computers,${lab.dc.store.baseDn}`);
      const [dmsa] = await lab.dc.store.find(
        lab.dc.store.baseDn,
        'sAMAccountName',
        `${rehearsal.plan.dmsa.name}$`,
      );
      await addPrincipal(lab.dc, dmsa!, sidText(octets(kiosk, 'objectSid')!));
      lab.replication!.mend();
      const waiting = await until(({ waitingFor }) => waitingFor?.kind === 'strangers');
      const sid = waiting.findings.find(({ code }) => code === 'PRINCIPAL_UNKNOWN')!.subject;
      await rehearsal.migrations.send(rehearsal.id, 'allowPrincipal', {
        by: 'LAB\\carol',
        reason: 'known',
        sid,
      });
      const drifted = await until(({ gates }) => gates[1]!.drift.length > 0);
      expect(drifted.gates[1]).toMatchObject({ decision: 'open' });
      expect(drifted.gates[1]!.hash).not.toBe(hash);
    });
  });
});
