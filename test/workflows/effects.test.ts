import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { defaultPayloadConverter } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { startMigration, undoMigration } from '../../lab/rules/phases.ts';
import type { SshKeyLogin } from '../../src/config/settings.ts';
import { wordWaiting } from '../../src/wording/waiting.ts';
import { timeSkippingAvailable } from '../support/time-skipping.ts';
import { openTheatre, type Rehearsal, rehearse, type Theatre } from './support.ts';

const { available, reason } = await timeSkippingAvailable();

describe.skipIf(!available)(`whose effect it is${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre?.close());

  test('a link that someone makes just before ours is not adopted, and not undone either', async () => {
    const activities: RehearsalActivities = (real) => ({
      async startMigration(input) {
        await someoneElseLinks(current!);
        return await real.startMigration(input);
      },
    });
    let current: Rehearsal | null = null;
    await rehearse(theatre, { activities }, async (rehearsal) => {
      current = rehearsal;
      await rehearsal.approve();
      const parked = await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
      expect(parked.failure!.code).toBe('LINK_FOREIGN');
      expect(parked.waitingFor).toMatchObject({ kind: 'operator', failure: { code: 'LINK_UNPROVEN' } });
      expect(rehearsal.lab.dc.events.map(({ operation }) => operation)).toEqual(['START-MIGRATION']);

      // The operator takes the link away, and the rest is undone.
      const { dc } = rehearsal.lab;
      await undoMigration(dc, { ...pairOf(rehearsal), requestedBy: 'LAB\\someone-else' });
      await rehearsal.migrations.send(rehearsal.id, 'retry', {
        by: 'LAB\\carol',
        reason: 'the link is gone',
      });
      const { after, before } = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(after).toEqual(before);
    });
  });

  test('what an undo cannot bring back waits for an operator, who may accept it', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      const { dc, seeded } = rehearsal.lab;
      await dc.store.replace(seeded.accountDn, { servicePrincipalName: ['HTTP/new.lab.example'] });
      await rehearsal.migrations.send(rehearsal.id, 'undo', { by: 'LAB\\carol', reason: 'stop' });
      const parked = await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
      expect(wordWaiting(parked.waitingFor!)).toContain(
        'account.servicePrincipalNames.HTTP/new.lab.example: absent',
      );

      // It looks again, and parks again: whoever looks at the wrong moment never sees it run. Counted before the signal
      // is sent, as it may have looked by the time the sender has its outcome.
      const looks = () => rehearsal.lab.counts().ssh['fin01.lab.example']!.operations['inspect-host']!;
      const before = looks();
      await rehearsal.migrations.send(rehearsal.id, 'retry', { by: 'LAB\\carol', reason: 'look again' });
      await rehearsal.until(({ outcome }) => outcome === 'needs-operator' && looks() > before);
      await rehearsal.until(({ outcome }) => outcome === 'needs-operator');
      await rehearsal.migrations.send(rehearsal.id, 'retry', {
        by: 'LAB\\carol',
        reason: 'the SPN is new',
        accept: true,
      });
      const { after } = await rehearsal.until(({ outcome }) => outcome === 'undone');
      expect(after!.account!.servicePrincipalNames).toEqual(['HTTP/new.lab.example']);
      expect(after!.dmsa).toBeNull();
    });
  });

  test('no secret reaches the history, the mirrored journal, or the records of commands and reads', async () => {
    await rehearse(theatre, {}, async (rehearsal) => {
      await rehearsal.approve();
      await rehearsal.until(({ waitingFor }) => waitingFor?.kind === 'observation');
      const { directory, powershell, records } = rehearsal.lab.settings;
      const password = await readFile((directory as { password: { file: string } }).password.file, 'utf8');
      const key = (await readFile((powershell as unknown as SshKeyLogin).privateKeyFile, 'utf8')).split(
        '\n',
      )[1]!;
      const history = await theatre.env.client.workflow.getHandle(rehearsal.id).fetchHistory();
      const written = await readdir(records.folder);
      const recorded = await Promise.all(written.map((name) => readFile(join(records.folder, name), 'utf8')));

      const text = payloadTexts(history).join('\n');
      expect(text).toContain(rehearsal.plan.hash);
      const kinds = written.map((name) => name.split('.').at(-2)).sort();
      expect(kinds).toEqual(['commands', 'journal', 'reads']);
      for (const line of ['"step":"link"', '"operation":"start-migration"', '"activity":"startMigration"'])
        expect(recorded.join('\n')).toContain(line);
      for (const secret of [password, key]) {
        expect(text).not.toContain(secret);
        expect(recorded.join('\n')).not.toContain(secret);
      }
    });
  });
});

type RehearsalActivities = NonNullable<Parameters<typeof rehearse>[1]['activities']>;

function pairOf({ plan, lab }: Rehearsal) {
  return { dmsa: plan.dmsa.dn, account: lab.seeded.accountDn };
}

async function someoneElseLinks(rehearsal: Rehearsal): Promise<void> {
  if (rehearsal.lab.dc.events.length > 0) return;
  await startMigration(rehearsal.lab.dc, { ...pairOf(rehearsal), requestedBy: 'LAB\\someone-else' });
}

/** Every payload anywhere in a history, as text. */
function payloadTexts(value: unknown): string[] {
  if (value instanceof Uint8Array) return [];
  if (Array.isArray(value)) return value.flatMap(payloadTexts);
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? [value] : [];
  const { metadata, data } = value as { metadata?: unknown; data?: unknown };
  if (metadata && data instanceof Uint8Array) {
    return [JSON.stringify(defaultPayloadConverter.fromPayload(value as never))];
  }
  return Object.values(value).flatMap(payloadTexts);
}
