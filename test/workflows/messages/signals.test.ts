import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { RecordedVote } from '../../../src/domain/gates/votes.ts';
import type { RecordedSignal } from '../../../src/domain/migration/signals.ts';
import { timeSkippingAvailable } from '../../support/time-skipping.ts';
import { codeOf } from '../../support/verdicts.ts';
import { openRealTheatre, openTheatre, type Rehearsal, rehearse, type Theatre } from '../support.ts';

const { available, reason } = await timeSkippingAvailable();
const carol = { by: 'LAB\\carol', reason: 'because' };

describe.skipIf(!available)(`what becomes of signals${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  /** In an encoding that nobody knows, as any program may write it. */
  async function signalUnreadable(workflowId: string, signalName: string): Promise<void> {
    await theatre.env.connection.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
      signalName,
      input: { payloads: [{ metadata: { encoding: Buffer.from('binary/x') }, data: Buffer.from('?') }] },
    });
  }

  test('what has not its shape is recorded and does nothing; each outcome can be asked for', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.until(({ gates }) => gates.length === 1);
      const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
      const outcomes = (name?: string) =>
        handle.query<(RecordedSignal | RecordedVote)[], [string?]>('outcomes', name);
      const refusedOf = async (name?: string) => (await outcomes(name)).map(codeOf);

      await handle.signal('undo', 'at once!');
      await handle.signal('pause', { by: 7 });
      await handle.signal('resume', [carol]);
      await signalUnreadable(rehearsal.id, 'undo');
      await handle.signal('retry', carol);
      await handle.signal('extendObservation', { ...carol, for: '7d' });
      await handle.signal('allowPrincipal', { ...carol, sid: 'everyone' });
      await handle.signal('approve', { gate: 'start' });
      const malformed = 'SIGNAL_MALFORMED';
      expect(await refusedOf()).toEqual([
        malformed,
        malformed,
        malformed,
        malformed,
        'SIGNAL_NOTHING_FAILED',
        'SIGNAL_NOT_OBSERVING',
        'SIGNAL_NO_SID',
      ]);
      expect(await refusedOf('undo')).toEqual([malformed, malformed]);
      await rehearsal.until(({ gates }) => gates[0]!.votes.length === 1);
      expect(await refusedOf('approve')).toEqual(['VOTE_MALFORMED']);
      expect(await refusedOf('reject')).toEqual([]);
      expect(await refusedOf('no signal of ours')).toEqual([]);
      expect(await rehearsal.status()).toMatchObject({ outcome: 'running', paused: false });

      await handle.signal('pause');
      await handle.signal('pause', carol);
      await handle.signal('resume', carol);
      expect((await outcomes('pause')).map((each) => [each.by, codeOf(each)])).toEqual([
        [undefined, malformed],
        [undefined, null],
        ['LAB\\carol', 'SIGNAL_PAUSED_ALREADY'],
      ]);
      expect(await refusedOf('resume')).toEqual([malformed, null]);
    });
  });

  test('an observation is made longer, and no pause holds back what turns back', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      const { migrations, id } = rehearsal;
      await rehearsal.approve();
      const observing = await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      const { until } = observing.waitingFor!;
      expect(codeOf(await migrations.send(id, 'extendObservation', { ...carol, for: '0d' }))).toBe(
        'SIGNAL_NO_DURATION',
      );
      expect(await migrations.send(id, 'extendObservation', { ...carol, for: '3650d' })).toMatchObject({
        ...{ verdict: 'refused', code: 'SIGNAL_OBSERVATION_TOO_LONG', limit: '3650d', about: '3650d' },
      });
      expect(codeOf(await migrations.send(id, 'extendObservation', { ...carol, for: '7d' }))).toBeNull();
      const longer = await rehearsal.until(({ waitingFor }) => waitingFor!.until !== until);
      expect(Date.parse(longer.waitingFor!.until!) - Date.parse(until!)).toBe(7 * 86_400_000);
      await rehearsal.pass('30 days');
      expect((await rehearsal.status()).stage).toBe('observe');
      await rehearsal.pass('6 days');
      await rehearsal.untilStage('gate-complete');

      await migrations.send(id, 'pause', carol);
      await migrations.send(id, 'undo', carol);
      expect(codeOf(await migrations.send(id, 'pause', carol))).toBe('SIGNAL_TURNS_BACK');
      expect(codeOf(await migrations.send(id, 'undo', carol))).toBe('SIGNAL_TURNS_BACK');
      const status = await rehearsal.until(({ outcome }) => outcome !== 'running');
      expect(status).toMatchObject({ outcome: 'undone', paused: false });
    });
  });

  test('a vote that comes while no worker is there counts with the next one, which replays before it answers', async () => {
    // A real server: the one that skips time keeps tasks for the worker that is gone.
    const real = await openRealTheatre();
    onTestFinished(() => real.close());
    let hash = '';
    const afterRestart = async (rehearsal: Rehearsal) => {
      const { gates } = await rehearsal.status();
      expect(gates[0]).toMatchObject({ hash, name: 'start' });
      const { gates: decided } = await rehearsal.until((status) => status.gates[0]!.decision === 'approved');
      expect(decided[0]!.votes.map((vote) => [vote.by, codeOf(vote)])).toEqual([
        ['LAB\\bob', null],
        ['LAB\\carol', null],
      ]);
      await rehearsal.untilStage('prepare-hosts');
    };
    const whileNoWorker = async ({ id }: Rehearsal) => {
      const vote = { gate: 'start', hash, by: 'LAB\\carol', reason: '' };
      await real.env.client.workflow.getHandle(id).signal('approve', vote);
    };
    await rehearse(real, { request: { required: 2 }, whileNoWorker, afterRestart }, async (rehearsal) => {
      const { gates } = await rehearsal.until((status) => status.gates.some((gate) => gate.hash !== null));
      hash = gates[0]!.hash!;
      await rehearsal.approve('LAB\\bob');
    });
  });

  test('of a thousand votes at once each has its verdict, and the gate opens for the ones that count', async () => {
    await rehearse(theatre, { request: { required: 2 } }, async (rehearsal) => {
      const { gates } = await rehearsal.until((status) => status.gates.some(({ hash }) => hash !== null));
      const handle = theatre.env.client.workflow.getHandle(rehearsal.id);
      const vote = (by: string) => ({ gate: 'start', hash: gates[0]!.hash, by, reason: '' });
      const many = Array.from({ length: 1000 }, () => vote('LAB\\bob'));
      await Promise.all(many.map((each) => handle.signal('approve', each)));
      const recorded = await rehearsal.until((status) => status.gates[0]!.votes.length === 1000);
      expect(recorded.gates[0]!.decision).toBe('open');
      expect(recorded.gates[0]!.votes.filter((vote) => codeOf(vote) === null)).toHaveLength(1);
      expect(recorded.gates[0]!.votes.filter((vote) => codeOf(vote) === 'VOTE_DUPLICATE')).toHaveLength(999);
      await rehearsal.approve('LAB\\carol');
      await rehearsal.untilStage('prepare-hosts');
      // What comes after its gate is told so.
      const late = await rehearsal.migrations.vote(rehearsal.id, {
        gate: 'start',
        hash: gates[0]!.hash!,
        by: 'LAB\\dave',
        decision: 'reject',
        reason: 'wait!',
      });
      expect(codeOf(late)).toBe('VOTE_LATE');
    });
  });
});
