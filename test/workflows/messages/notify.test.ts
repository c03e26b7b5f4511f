import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { Topology } from '../../../lab/topology.ts';
import type { Settings } from '../../../src/config/settings.ts';
import type { Notice } from '../../../src/domain/migration/notice.ts';
import { type Answer, startReceiver } from '../../support/receiver.ts';
import { temporalAvailable } from '../../support/temporal.ts';
import { timeSkippingAvailable } from '../../support/time-skipping.ts';
import {
  openRealTheatre,
  openTheatre,
  type Rehearsal,
  type RehearsalOptions,
  rehearse,
  type Theatre,
} from '../support.ts';

const { available, reason } = await timeSkippingAvailable();

const carol = { by: 'LAB\\carol', reason: 'enough' };

describe.skipIf(!available)(`people are told${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('while a webhook is down for good the migration goes its way, and nobody waits for it', async () => {
    const { told, options } = listening(() => {
      throw ApplicationFailure.retryable('down', 'NOTIFY_FAILED');
    });
    await rehearse(theatre, options, async (rehearsal) => {
      await complete(rehearsal);
      const [first, second, last] = await childrenOf(theatre, rehearsal.id, 3);
      const givenUp = [{ webhook: 'chat', code: 'NOTIFY_FAILED' }];
      expect(await ended(theatre, [first!])).toEqual([givenUp]);
      const [before, after] = [second!, last!].map((id) => theatre.env.client.workflow.getHandle(id));
      await expect.poll(() => told.some(({ event }) => event === 'done')).toBe(true);
      expect((await before!.describe()).status.name).toBe('RUNNING');
      expect((await after!.describe()).status.name).toBe('RUNNING');
      expect(attemptsOf(told, 'start')).toBeGreaterThan(100);
    });
  });

  test('of both gates and of the end', async () => {
    const { told, options } = listening();
    await rehearse(theatre, options, async (rehearsal) => {
      await complete(rehearsal);
      await ended(theatre, await childrenOf(theatre, rehearsal.id, 3));
      // Days that are skipped while an attempt is under way time it out, and it is made again.
      const words = told.map(({ event, gate, outcome }) => `${event} ${gate?.name ?? outcome}`);
      expect([...new Set(words)]).toEqual(['gate-opened start', 'gate-opened complete', 'done completed']);
      const { gates } = await rehearsal.status();
      expect(told[0]!.gate).toMatchObject({ hash: gates[0]!.hash, missing: 1, required: 1 });
    });
  });

  test('each webhook once, whatever the others answer; no history knows an address or a secret', async () => {
    const down = await hook((count) => ({ status: count <= 3 ? 500 : 200 }), 'slack');
    const gone = await hook(() => ({ status: 410 }), 'json');
    const up = await hook(() => ({ status: 200 }), 'teams', ['gate-opened']);
    const busy = await hook(
      (count) => ({ status: count === 1 ? 429 : 204, headers: { 'retry-after': '3600' } }),
      'json',
    );
    const webhooks = { down: down.webhook, gone: gone.webhook, up: up.webhook, busy: busy.webhook };
    await rehearse(theatre, { webhooks, request: { notify: true } }, async (rehearsal) => {
      await rehearsal.until(({ gates }) => gates.length === 1);
      await rehearsal.pass('2 hours');
      const children = await childrenOf(theatre, rehearsal.id, 1);
      const [results] = await ended(theatre, children);
      expect(results).toEqual([
        { webhook: 'down', code: null },
        { webhook: 'gone', code: 'NOTIFY_REFUSED' },
        { webhook: 'up', code: null },
        { webhook: 'busy', code: null },
      ]);
      expect([down, gone, up, busy].map(({ received }) => received.length)).toEqual([4, 1, 1, 2]);
      const keys = [...down.received, ...busy.received].map(({ headers }) => headers['idempotency-key']);
      expect(new Set(keys)).toEqual(new Set(children));
      for (const id of [rehearsal.id, ...children]) {
        const text = await historyText(theatre, id);
        expect(text).toContain(rehearsal.plan.account.samAccountName);
        expect(text).not.toMatch(/planted|127\.0\.0\.1/);
      }
    });
  });
});

const server = await temporalAvailable();

/** What needs no time to pass runs on the server that others have, too: the one that skips time minds children. */
describe.skipIf(!server.available)(
  `people are told${server.reason ? ` (skipped: ${server.reason})` : ' of'}`,
  () => {
    let theatre: Theatre;
    beforeEach(async () => {
      theatre = await openRealTheatre();
    });
    afterEach(() => theatre?.close());

    test('of a gate that is open, again and again, as often as the plan says', async () => {
      const { told, options } = listening();
      const request = { ...options.request, remindEvery: '1s', expiresAfter: '1h' };
      await rehearse(theatre, { ...options, request }, async (rehearsal) => {
        await expect.poll(() => told.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
        expect(told.slice(0, 3).map(({ event }) => event)).toEqual(['gate-opened', 'reminder', 'reminder']);
        expect(told[1]!.gate).toMatchObject({ name: 'start', missing: 1, overdue: false });
        const reject = { decision: 'reject', reason: 'enough' } as const;
        const hash = told[0]!.gate!.hash;
        await rehearsal.migrations.vote(rehearsal.id, { gate: 'start', hash, by: 'LAB\\bob', ...reject });
        await rehearsal.until(({ outcome }) => outcome === 'refused');
      });
    });

    test('of drift, of a rejection and of how it ended', async () => {
      const { told, options } = listening();
      await rehearse(theatre, options, async (rehearsal) => {
        await rehearsal.until(({ gates }) => gates.length === 1);
        const { dc, seeded } = rehearsal.lab;
        await dc.store.replace(seeded.accountDn, { servicePrincipalName: ['HTTP/new.lab.example'] });
        await rehearsal.approve();
        const { gates } = await rehearsal.until((status) => status.gates[0]!.drift.length > 0);
        const vote = { gate: 'start', hash: gates[0]!.hash!, by: 'LAB\\bob', reason: 'not now' } as const;
        await rehearsal.migrations.vote(rehearsal.id, { ...vote, decision: 'reject' });
        await rehearsal.until(({ stage, outcome }) => stage === 'done' && outcome === 'refused');
        await ended(theatre, await childrenOf(theatre, rehearsal.id, 4));
        expect(told.map(({ event }) => event)).toEqual(['gate-opened', 'drift', 'turned-back', 'done']);
        expect(told[1]!.drift).toEqual(gates[0]!.drift);
        expect(told[1]!.gate!.hash).toBe(gates[0]!.hash);
        expect(told[2]).toMatchObject({ failure: { code: 'GATE_REJECTED' }, gate: null });
        expect(told[3]).toMatchObject({ outcome: 'refused' });
      });
    });

    test('of a host that failed, of turning back, and of an undo that needs an operator, also when all is cancelled', async () => {
      const topology = ({ hosts }: Topology) => {
        hosts[1]!.services[0]!.failingStarts = 100;
      };
      const { told, options } = listening();
      await rehearse(
        theatre,
        { ...options, topology, request: { notify: true, maxFailures: 1 } },
        async (rehearsal) => {
          const { lab, migrations, id } = rehearsal;
          await rehearsal.approve();
          await rehearsal.until(({ failedHosts = [] }) => failedHosts.length === 1);
          await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'failed-hosts');
          await theatre.env.client.workflow.getHandle(id).cancel();
          await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
          for (const service of lab.hosts[1]!.settings.services) service.failingStarts = 0;
          await migrations.send(id, 'retry', carol);
          await rehearsal.until(({ stage, outcome }) => stage === 'done' && outcome === 'undone');
          await ended(theatre, await childrenOf(theatre, id, 5));
          expect(told.map(({ event }) => event)).toEqual([
            'gate-opened',
            'host-failed',
            'turned-back',
            'needs-operator',
            'done',
          ]);
          const [, failed, back, needed, done] = told;
          expect(failed!.hosts).toMatchObject([
            { host: rehearsal.plan.hosts[1]!.name, code: 'SERVICE_START_FAILED' },
          ]);
          expect(back!.failure!.code).toBe('CANCELLED');
          expect(needed!.failure!.code).toBe('SERVICE_START_FAILED');
          expect(done!.outcome).toBe('undone');
        },
      );
    });

    test('by nobody where the plan says so', async () => {
      const { told, options } = listening();
      const request = { ...options.request, notify: false };
      await rehearse(theatre, { ...options, request }, async (rehearsal) => {
        await rehearsal.until(({ gates }) => gates.length === 1);
        await rehearsal.migrations.send(rehearsal.id, 'undo', carol);
        await theatre.env.client.workflow.getHandle(rehearsal.id).result();
        expect(await childrenOf(theatre, rehearsal.id, 0)).toEqual([]);
        expect(told).toEqual([]);
      });
    });
  },
);

/** A webhook "chat" whose deliveries are written down, in place of the activity that delivers. */
function listening(deliver: () => void = () => undefined) {
  const told: Notice[] = [];
  const options: RehearsalOptions = {
    request: { notify: true, soak: '0s' },
    activities: () => ({
      webhooksFor: async () => ['chat'],
      notify: async ({ notice }) => {
        told.push(notice);
        deliver();
      },
    }),
  };
  return { told, options };
}

async function hook(
  answer: (count: number) => Answer,
  kind: 'json' | 'slack' | 'teams',
  events?: Notice['event'][],
) {
  const receiver = await startReceiver(answer);
  onTestFinished(() => receiver.close());
  const folder = mkdtempSync(join(tmpdir(), 'dmsa-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return { file: join(folder, name) };
  };
  const secret = kind === 'json' ? file('s', 'planted-secret') : null;
  const url = file('u', `${receiver.url}/planted-path`);
  const webhook: NonNullable<Settings['notify']>[string] = { kind, url, secret, events: events ?? null };
  return { webhook, received: receiver.received };
}

async function complete(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.approve();
  await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
  await rehearsal.pass('29 days');
  await rehearsal.untilStage('gate-complete');
  await rehearsal.approve();
  await rehearsal.until(({ stage, outcome }) => stage === 'done' && outcome === 'completed');
}

/** The last one is started after the migration has said that it is done. */
async function childrenOf({ env }: Theatre, id: string, count: number): Promise<string[]> {
  const read = async () => {
    const { events } = await env.client.workflow.getHandle(id).fetchHistory();
    const started = (events ?? []).map((event) => event.childWorkflowExecutionStartedEventAttributes);
    return started.flatMap((each) =>
      each?.workflowType?.name === 'notifyPeople' ? [each.workflowExecution!.workflowId!] : [],
    );
  };
  await expect.poll(read, { timeout: 30_000 }).toHaveLength(count);
  return await read();
}

function ended({ env }: Theatre, ids: string[]): Promise<unknown[]> {
  return Promise.all(ids.map((id) => env.client.workflow.getHandle(id).result()));
}

function attemptsOf(told: Notice[], gate: string): number {
  return told.filter((notice) => notice.gate?.name === gate).length;
}

/** Every text in a history, payloads decoded. */
async function historyText({ env }: Theatre, id: string): Promise<string> {
  const { events } = await env.client.workflow.getHandle(id).fetchHistory();
  return JSON.stringify(events, (_key, value) =>
    value?.type === 'Buffer' || value instanceof Uint8Array
      ? Buffer.from(value.data ?? value).toString('utf8')
      : value,
  );
}
