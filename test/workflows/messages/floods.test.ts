import { randomBytes } from 'node:crypto';

import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { temporalAvailable } from '../../support/temporal.ts';
import { codeOf } from '../../support/verdicts.ts';
import {
  openRealTheatre,
  type Rehearsal,
  type RehearsalOptions,
  rehearse,
  type Theatre,
} from '../support.ts';

const { available, reason } = await temporalAvailable();
const request = { observe: '1h', checkEvery: '1m' };
/** WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND of Temporal's API. */
const forceClose = 17;
const carol = { by: 'LAB\\carol', reason: 'enough' };

describe.skipIf(!available)(`what anybody may send${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openRealTheatre();
  });
  afterAll(() => theatre?.close());

  async function flood({ id }: Rehearsal, signal: string, payloads: object[]): Promise<void> {
    const handle = theatre.env.client.workflow.getHandle(id);
    for (let at = 0; at < payloads.length; at += 50)
      await Promise.all(payloads.slice(at, at + 50).map((payload) => handle.signal(signal, payload)));
  }

  /** Why workflow tasks failed, but for the server's own way to take in what came during one. */
  async function failedTasks({ id }: Rehearsal): Promise<unknown[]> {
    const { client } = theatre.env;
    const causes: unknown[] = [];
    for (let nextPageToken: Uint8Array | undefined; ; ) {
      const page = await client.workflowService.getWorkflowExecutionHistory({
        ...{ namespace: client.options.namespace, execution: { workflowId: id } },
        ...{ maximumPageSize: 50, nextPageToken },
      });
      for (const { workflowTaskFailedEventAttributes: failed } of page.history?.events ?? [])
        if (failed && failed.cause !== forceClose) causes.push(failed.failure?.message);
      if (!page.nextPageToken?.length) return causes;
      nextPageToken = page.nextPageToken;
    }
  }

  const floods: Record<string, [signal: string, payload: () => object]> = {
    'votes of 8 KB that look signed': ['approve', () => ({ jws: randomBytes(4_096).toString('hex') })],
    'votes with long reasons': [
      'approve',
      () => ({ gate: 'start', hash: 'x'.repeat(64), by: 'LAB\\mallory', reason: '\u6f22'.repeat(1_024) }),
    ],
    'refused signals with long texts': [
      'resume',
      () => ({ by: '\u6f22'.repeat(1_024), reason: '\u5b57'.repeat(1_024) }),
    ],
    'principals that nobody knows': [
      'allowPrincipal',
      () => ({ sid: `S-1-5-21-1-2-3-${randomBytes(4).readUInt32BE()}`, reason: '\u6f22'.repeat(1_024) }),
    ],
  };

  test.each(Object.keys(floods))(
    '%s, a thousand of them, keep nobody from undoing',
    async (kind) => {
      const [signal, payload] = floods[kind]!;
      await rehearse(theatre, { request }, async (rehearsal) => {
        await rehearsal.approve();
        await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
        await flood(rehearsal, signal, Array.from({ length: 1_000 }, payload));
        const asked = await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
        expect(codeOf(asked)).toBeNull();
        const undone = await rehearsal.until(({ outcome }) => outcome !== 'running');
        expect(undone.outcome).toBe('undone');
        expect(undone.after).toEqual(undone.before);
        // What a query may answer, and what crosses continue-as-new.
        expect(Buffer.byteLength(JSON.stringify(undone))).toBeLessThan(1_800_000);
        expect(await failedTasks(rehearsal)).toEqual([]);
      });
    },
    120_000,
  );

  test('votes that a worker cannot verify do not count, and the next ones do', async () => {
    let fails = true;
    const activities: RehearsalOptions['activities'] = (real) => ({
      verifyVotes: async (input) => {
        if (fails) throw ApplicationFailure.nonRetryable('no memory', 'UNEXPECTED');
        return await real.verifyVotes(input);
      },
    });
    await rehearse(theatre, { request, activities }, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      const { gates } = await rehearsal.until((status) => status.gates.length === 1);
      const yes = { gate: 'start', hash: gates[0]!.hash!, by: 'LAB\\bob', reason: '' } as const;
      const first = await migrations.vote(id, { ...yes, decision: 'approve' });
      expect(first).toMatchObject({ ...yes, verdict: 'refused', code: 'VOTE_UNVERIFIED' });
      fails = false;
      expect(codeOf(await migrations.vote(id, { ...yes, decision: 'approve' }))).toBeNull();
      await rehearsal.untilStage('observe');
    });
  });
});
