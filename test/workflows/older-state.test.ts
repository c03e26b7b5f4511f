import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Activities } from '../../activities/index.ts';
import { votedOn } from '../../src/domain/assess/assess.ts';
import type { AccountFacts, DmsaFacts, Evidence, Facts } from '../../src/domain/facts/facts.ts';
import type { JournalEntry } from '../../src/domain/migration/journal.ts';
import { dmsaLockId } from '../../src/domain/plan/plan.ts';
import { canonicalJson } from '../../src/domain/values/canonical.ts';
import type { MigrationInput } from '../../workflows/contract.ts';
import { workflowType } from '../../workflows/contract.ts';
import type { Carried } from '../../workflows/state.ts';
import { timeSkippingAvailable } from '../support/time-skipping.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from './support.ts';

const { available, reason } = timeSkippingAvailable();

/** A migration that version 0.1.0 brought to gate "complete", and that this one goes on with. */
describe.skipIf(!available)(`a state that version 0.1.0 left${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('is completed, after one more vote on what is read by now', async () => {
    await carriedOn(async (rehearsal) => {
      await rehearsal.approve();
      const { gates } = await rehearsal.until((each) => each.gates[1]!.drift.length > 0);
      expect(gates[1]!.drift).toContain('account.expiresAt: absent → null');
      await rehearsal.approve();
      await rehearsal.untilStage('soak');
      await rehearsal.pass('2 days');
      const { after } = await rehearsal.until(({ outcome }) => outcome === 'completed');
      expect(after).toMatchObject({ account: { state: 2, enabled: false }, dmsa: { state: 2 } });
    });
  });

  test('is undone, and nothing that 0.1.0 did not read counts as a difference', async () => {
    await carriedOn(async (rehearsal) => {
      await rehearsal.migrations.send(rehearsal.id, 'undo', { by: 'LAB\\carol', reason: 'not now' });
      const { after, before } = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(before!.account).not.toHaveProperty('claimedBy');
      expect(after!.account).toMatchObject({ state: 0, supersededBy: null, enabled: true });
      expect(after!.dmsa).toBeNull();
    });
  });

  test('is undone after Complete, whose image is of this version by then', async () => {
    await carriedOn(async (rehearsal) => {
      await rehearsal.approve();
      await rehearsal.until((each) => each.gates[1]!.drift.length > 0);
      await rehearsal.approve();
      await rehearsal.untilStage('soak');
      await rehearsal.migrations.send(rehearsal.id, 'undo', { by: 'LAB\\carol', reason: 'not now' });
      const { after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(after!.account).toMatchObject({ state: 0, supersededBy: null, enabled: true });
    });
  });

  /** Plays up to gate "complete", takes the migration away, and starts it again with its state as 0.1.0 had it. */
  async function carriedOn(story: (rehearsal: Rehearsal) => Promise<void>): Promise<void> {
    let evidence: Evidence | null = null;
    const activities = (real: Activities): Partial<Activities> => ({
      preflight: async (input) => {
        evidence = await real.preflight(input);
        return evidence;
      },
    });
    await rehearse(theatre, { activities }, async (rehearsal) => {
      const { client } = theatre.env;
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor === 'the observation to end');
      await rehearsal.pass('29 days');
      const status = await rehearsal.until(({ gates }) => gates.length === 2);
      const { taskQueue } = await client.workflow.getHandle(rehearsal.id).describe();
      // The test server leaves a child running whose parent is terminated.
      for (const id of [rehearsal.id, dmsaLockId(rehearsal.plan)]) {
        await client.workflow.getHandle(id).terminate();
      }
      const carried: Carried = {
        status,
        queue: [],
        evidence,
        hostsReadAt: status.gates[1]!.openedAt,
        createdByUs: true,
        observation: { until: status.gates[1]!.openedAt, digest: evidence!.facts.dmsa!.principalsDigest },
        completedAt: null,
        undoRequest: null,
        retryRequest: null,
      };
      const input: MigrationInput = { plan: rehearsal.plan, carried: asIn010(carried) };
      await client.workflow.start(workflowType, { workflowId: rehearsal.id, taskQueue, args: [input] });
      await story(rehearsal);
    });
  }
});

/** Facts had no more than this before directories were read in full. */
function asIn010(carried: Carried): Carried {
  const { status, evidence } = carried;
  const { server: _, hash: __, domain, findings, facts } = evidence!;
  const { schemaHasDmsa, capableDcs, kdsEffectiveAt } = domain;
  const seen = { facts: factsOf(facts), findings, domain: { schemaHasDmsa, capableDcs, kdsEffectiveAt } };
  const voted = canonicalJson(votedOn(seen as never, status.planHash, 'complete'));
  const hash = createHash('sha256').update(voted).digest('hex');
  return {
    ...carried,
    evidence: { ...seen, hash } as Evidence,
    status: {
      ...status,
      gates: [status.gates[0]!, { ...status.gates[1]!, hash }],
      before: factsOf(status.before!),
      journal: status.journal.map(
        (entry) =>
          (entry.step === 'link'
            ? { ...entry, beforeImage: { ...entry.beforeImage, ...pairOf(entry.beforeImage) } }
            : entry) as JournalEntry,
      ),
    },
  };
}

function factsOf(facts: Facts): Facts {
  return { ...facts, ...pairOf(facts) };
}

function pairOf({ account, dmsa }: Pick<Facts, 'account' | 'dmsa'>): Pick<Facts, 'account' | 'dmsa'> {
  return {
    account: without(account, ['expiresAt', 'flags', 'encryptionTypes', 'claimedBy']) as AccountFacts | null,
    dmsa: without(dmsa, ['claimedBy', 'accessRules', 'hostsAllowed', 'hostsRefused']) as DmsaFacts | null,
  };
}

function without(object: object | null, names: string[]): object | null {
  if (!object) return null;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
