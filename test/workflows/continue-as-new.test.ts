import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dmsaLockId } from '../../src/domain/plan.ts';
import { type DevServer, startDevServer } from '../../src/temporal/dev-server.ts';
import { findExecutable } from '../../src/temporal/executable.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { openTheatre, rehearse, type Theatre } from './support.ts';

const { available, reason } = temporalAvailable();

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
      expect(gates[0]!.votes.filter((vote) => vote.refused === null).map(({ by }) => by)).toEqual([
        'LAB\\bob',
        'LAB\\carol',
      ]);
      expect(gates[0]!.votes.filter((vote) => vote.refused === 'VOTE_MALFORMED')).toHaveLength(suggestAfter);

      await rehearsal.migrations.undo(rehearsal.id, { by: 'LAB\\carol', reason: 'enough' });
      const { before, after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(after).toEqual(before);
    });
  });
});
