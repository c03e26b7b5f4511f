import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { signalNames } from '../../src/domain/migration/signals.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { type Recorded, type SentName, temporalCli } from '../support/temporal-cli.ts';
import {
  openRealTheatre,
  type Rehearsal,
  type RehearsalOptions,
  rehearse,
  type Theatre,
} from '../workflows/support.ts';

const { available, reason } = await temporalAvailable();
const carol = { by: 'LAB\\carol', reason: 'seen' };
const bob = { by: 'LAB\\bob', reason: 'evidence read' };
const stranger = 'S-1-5-21-1-2-3-1999';
const malformed = 'SIGNAL_MALFORMED';
/** Why nothing is done about those that come without a payload. */
const lacking = {
  retry: 'SIGNAL_NOTHING_FAILED',
  skipHost: 'SIGNAL_NO_HOST',
  extendObservation: 'SIGNAL_NOT_OBSERVING',
  allowPrincipal: 'SIGNAL_NO_SID',
};
const names: SentName[] = ['approve', 'reject', ...signalNames];

/** What the table of docs/approvals.md says that a payload holds. */
const page = await readFile(new URL('../../docs/approvals.md', import.meta.url), 'utf8');
const fields = Object.fromEntries(
  [...page.matchAll(/^\| ((?:`[a-zA-Z]+`(?:, )?)+) \| (`by`.*?|`gate`.*?) \| /gm)].flatMap(
    ([, signals, payload]) => words(signals!).map((name) => [name, words(payload!)]),
  ),
);

function words(cell: string): string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word!);
}

interface HistoryEvent {
  eventType: string;
  workflowTaskFailedEventAttributes?: { cause: string };
}

/** The server has a task done again if a signal came while it was done: the worker did not fail then. */
function outcomeOf({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): string {
  return failed && failed.cause !== 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND'
    ? failed.cause
    : 'completed';
}

describe.skipIf(!available)(
  `signals by Temporal’s command line${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let theatre: Theatre;
    let temporal: Awaited<ReturnType<typeof temporalCli>>;
    beforeAll(async () => {
      theatre = await openRealTheatre();
      temporal = await temporalCli(theatre.env.address);
    });
    afterAll(() => theatre?.close());

    /** Sends what the page's table has, and nothing else but `more`; what became of it. */
    async function sent(id: string, name: SentName, payload: object, more: object = {}): Promise<Recorded> {
      expect(Object.keys(payload).filter((field) => !fields[name]?.includes(field))).toEqual([]);
      const before = (await temporal.outcomes(id, name)).length;
      await temporal.signal(id, name, JSON.stringify({ ...payload, ...more }));
      await expect
        .poll(async () => (await temporal.outcomes(id, name)).length, { timeout: 20_000 })
        .toBe(before + 1);
      return (await temporal.outcomes(id, name)).at(-1)!;
    }

    const refusal = async (id: string, name: SentName, payload: object) =>
      (await sent(id, name, payload)).code ?? null;

    async function play(
      options: RehearsalOptions,
      story: (rehearsal: Rehearsal, hash: string) => Promise<void>,
    ) {
      await rehearse(theatre, options, async (rehearsal) => {
        const { gates } = await rehearsal.until((status) => status.gates.some(({ hash }) => hash !== null));
        await story(rehearsal, gates[0]!.hash!);
        const { events } = JSON.parse(await temporal.run('show', rehearsal.id, '-o', 'json'));
        const tasks = events.filter(({ eventType }: HistoryEvent) =>
          /WORKFLOW_TASK_(?:COM|FAI)/.test(eventType),
        );
        expect(tasks).not.toEqual([]);
        expect(tasks.map(outcomeOf).filter((outcome: string) => outcome !== 'completed')).toEqual([]);
      });
    }

    test('the table has the payload of every signal', () => {
      expect(Object.keys(fields).sort()).toEqual([...names].sort());
    });

    test('that have not their shape are recorded and do nothing, and none fails a workflow task', async () => {
      await play({}, async ({ id, status }, hash) => {
        const votes = ['approve', 'reject'] as const;
        for (const name of names)
          for (const input of ['7', '["a"]', '"at once!"']) await temporal.signal(id, name, input);
        const refusedOf = async (name: SentName) =>
          (await temporal.outcomes(id, name)).map(({ code = null }) => code);
        for (const name of signalNames)
          expect([name, await refusedOf(name)]).toEqual([name, Array(3).fill(malformed)]);
        for (const name of votes) await temporal.signal(id, name);
        for (const [name, why] of Object.entries(lacking) as [SentName, string][]) {
          await temporal.signal(id, name);
          expect(await refusedOf(name)).toEqual([malformed, malformed, malformed, why]);
        }
        const all = Array(4).fill('VOTE_MALFORMED');
        for (const name of votes) await expect.poll(() => refusedOf(name), { timeout: 20_000 }).toEqual(all);
        const now = await status();
        expect(now).toMatchObject({
          ...{ outcome: 'running', stage: 'gate-start', paused: false, allowedPrincipals: [] },
          gates: [{ name: 'start', decision: 'open', hash }],
        });
        expect(now.hosts.filter(({ skipped }) => skipped)).toEqual([]);
      });
    });

    test('pause, resume and undo are heard without a payload, too', async () => {
      await play({}, async ({ id, until }) => {
        await temporal.signal(id, 'pause');
        await until(({ paused }) => paused);
        await temporal.signal(id, 'resume');
        await until(({ paused }) => !paused);
        await temporal.signal(id, 'undo');
        await until(({ outcome }) => outcome === 'undone');
        for (const name of ['pause', 'resume', 'undo'] as const)
          expect(await temporal.outcomes(id, name)).toMatchObject([{ signal: name, verdict: 'accepted' }]);
      });
    });

    test('a no counts for the evidence that the gate shows, and refuses the migration', async () => {
      await play({}, async ({ id, until }, hash) => {
        expect(await refusal(id, 'reject', { gate: 'start', hash: 'a'.repeat(64), ...bob })).toBe(
          'VOTE_STALE_HASH',
        );
        // By a clock that is years behind.
        const at = '2020-02-29T08:00:00.000Z';
        const { receivedAt, ...no } = await sent(id, 'reject', { gate: 'start', hash, ...bob }, { at });
        expect(no).toEqual({
          ...{
            ...bob,
            gate: 'start',
            hash,
            at,
            decision: 'reject',
            identity: 'bob@lab.example',
            verdict: 'counted',
          },
        });
        const { failure, startedAt } = await until(({ outcome }) => outcome === 'refused');
        expect(failure).toMatchObject({ code: 'GATE_REJECTED' });
        expect(receivedAt! > startedAt).toBe(true);
      });
    });

    test('every other one is refused with its reason, and accepted where the migration is ready for it', async () => {
      const options: RehearsalOptions = {
        request: { observe: '1h', maxFailures: 1 },
        topology: ({ hosts }) => {
          hosts[1]!.services[0]!.failingStarts = 1;
        },
      };
      await play(options, async ({ id, until, plan, lab, untilStage }, first) => {
        const [canary, failing, skipped] = plan.hosts.map(({ name }) => name) as [string, string, string];
        expect(await refusal(id, 'retry', carol)).toBe(lacking.retry);
        expect(await refusal(id, 'retry', { ...carol, host: canary })).toBe('SIGNAL_HOST_NOT_FAILED');
        expect(await refusal(id, 'skipHost', { ...carol, host: 'web99' })).toBe(lacking.skipHost);
        const early = await refusal(id, 'extendObservation', { ...carol, for: '7d' });
        expect(early).toBe(lacking.extendObservation);
        const nobody = await refusal(id, 'allowPrincipal', { ...carol, sid: 'everyone' });
        expect(nobody).toBe(lacking.allowPrincipal);
        expect(await refusal(id, 'resume', carol)).toBe('SIGNAL_NOT_PAUSED');
        expect(await refusal(id, 'approve', { gate: 'complete', hash: first, ...bob })).toBe(
          'VOTE_WRONG_GATE',
        );

        expect(await sent(id, 'pause', carol)).toMatchObject({ ...carol, verdict: 'accepted' });
        expect(await refusal(id, 'pause', carol)).toBe('SIGNAL_PAUSED_ALREADY');
        expect(await refusal(id, 'resume', carol)).toBeNull();
        expect(await refusal(id, 'skipHost', { ...carol, host: skipped })).toBeNull();
        expect(await refusal(id, 'approve', { gate: 'start', hash: first, ...bob })).toBeNull();
        // The yes was for all hosts.
        const { gates } = await until(({ gates: [gate] }) => gate!.drift.length > 0 && gate!.hash !== first);
        const hash = gates[0]!.hash!;
        expect(await refusal(id, 'approve', { gate: 'start', hash: first, ...bob })).toBe('VOTE_STALE_HASH');
        const vote = await sent(id, 'approve', { gate: 'start', hash, ...bob });
        expect(vote).toMatchObject({
          ...bob,
          gate: 'start',
          hash,
          identity: 'bob@lab.example',
          verdict: 'counted',
        });

        const { failedHosts } = await until((status) => status.failedHosts.length === 1);
        expect(failedHosts).toMatchObject([{ host: failing, code: 'SERVICE_START_FAILED' }]);
        expect(await sent(id, 'retry', { ...carol, host: failing })).toMatchObject({
          about: failing,
          verdict: 'accepted',
        });
        await untilStage('observe');
        expect(lab.hosts.map(({ restarts }) => restarts > 0)).toEqual([true, true, false]);

        const observing = await until(({ waitingFor }) => waitingFor?.kind === 'observation');
        const end = observing.waitingFor!.until;
        expect(await refusal(id, 'extendObservation', { ...carol, for: 'ages' })).toBe('SIGNAL_NO_DURATION');
        expect(await sent(id, 'extendObservation', { ...carol, for: '7d' })).toMatchObject({
          about: '7d',
          verdict: 'accepted',
        });
        const longer = await until(({ waitingFor }) => waitingFor!.until !== end);
        expect(Date.parse(longer.waitingFor!.until!) - Date.parse(end!)).toBe(7 * 86_400_000);
        expect(await refusal(id, 'allowPrincipal', { ...carol, sid: stranger })).toBeNull();
        expect(await refusal(id, 'allowPrincipal', { ...carol, sid: stranger })).toBe(
          'SIGNAL_ALLOWED_ALREADY',
        );
        const { allowedPrincipals } = await until((status) => status.allowedPrincipals.length > 0);
        expect(allowedPrincipals).toEqual([{ ...carol, sid: stranger, at: expect.any(String) }]);

        lab.hosts[0]!.settings.services[0]!.failingStarts = 1;
        expect(await sent(id, 'undo', carol)).toMatchObject({ ...carol, verdict: 'accepted' });
        await until(({ outcome }) => outcome === 'needs-operator');
        expect(await refusal(id, 'undo', carol)).toBe('SIGNAL_TURNS_BACK');
        expect(await refusal(id, 'pause', carol)).toBe('SIGNAL_TURNS_BACK');
        expect(await refusal(id, 'retry', { ...carol, accept: true })).toBe('SIGNAL_NOTHING_DIFFERS');
        expect(await refusal(id, 'retry', carol)).toBeNull();
        const { before, after } = await until(({ outcome }) => outcome === 'undone');
        expect(after).toEqual(before);
      });
    });
  },
);
