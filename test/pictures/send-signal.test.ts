import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { people } from '../../lab/scenarios/scenario.ts';
import { signalNames } from '../../src/domain/migration/signals.ts';
import { browserAvailable } from '../support/browser.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { type SentName, temporalCli } from '../support/temporal-cli.ts';
import { openTemporalUi, type TemporalUi } from '../support/temporal-ui.ts';
import { rehearse, type Theatre } from '../workflows/support.ts';

/** An approver with nothing but Temporal's UI, as docs/approvals.md promises. */
describe.skipIf(!(await temporalAvailable()).available || !browserAvailable())(
  '“Send a Signal” in Temporal’s UI',
  () => {
    let ui: TemporalUi;
    let server: TemporalUi['server'];
    let theatre: Theatre;
    let browser: Browser;
    beforeAll(async () => {
      ui = await openTemporalUi();
      ({ server, theatre, browser } = ui);
    });
    afterAll(() => ui?.close());

    async function openMigration(id: string): Promise<Page> {
      const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
      await page.goto(`${server.uiUrl}/namespaces/default/workflows/${encodeURIComponent(id)}`);
      await page.getByText('Gate "start" waits for votes').first().waitFor();
      return page;
    }

    /** The vote that the current details hold, as somebody would copy it. */
    async function shownVote(page: Page): Promise<string> {
      await page.getByText('User Metadata', { exact: true }).first().click();
      const vote = /^\s*(\{"gate":.*\})\s*$/m;
      await expect.poll(() => textOf(page), { timeout: 30_000 }).toMatch(vote);
      return vote.exec(await textOf(page))![1]!;
    }

    /** Markdown is shown in frames of its own. */
    async function textOf(page: Page): Promise<string> {
      const texts = page.frames().map((frame) => frame.innerText('body').catch(() => ''));
      return (await Promise.all(texts)).join('\n');
    }

    async function openDialog(page: Page) {
      await page.getByRole('button', { name: 'More Actions' }).click();
      await page.getByRole('menuitem', { name: 'Send a Signal' }).click();
      const dialog = page.getByRole('dialog').filter({ hasText: 'Send a Signal' });
      await dialog.getByTestId('signal-select-button').click();
      return dialog;
    }

    async function send(page: Page, name: SentName, json: string): Promise<void> {
      const dialog = await openDialog(page);
      await dialog.getByRole('option', { name, exact: true }).click();
      // Typed key by key, its editor would close each bracket once more.
      await dialog.locator('[role=textbox]').click();
      await page.keyboard.insertText(json);
      await dialog.getByText('json/plain', { exact: true }).click();
      await dialog.getByRole('button', { name: 'Submit' }).click();
      await dialog.waitFor({ state: 'hidden' });
    }

    test('offers every signal, and takes the vote that the details show, and a pause', async () => {
      await rehearse(theatre, {}, async ({ until, id }) => {
        const temporal = await temporalCli(server.address);
        const { gates } = await until((status) => status.gates.some(({ hash }) => hash !== null));
        const page = await openMigration(id);

        const dialog = await openDialog(page);
        const offered = async () => (await dialog.getByRole('option').locator('span').allInnerTexts()).sort();
        const names = ['approve', 'reject', ...signalNames, 'Custom'].sort();
        await expect.poll(offered, { timeout: 20_000 }).toEqual(names);
        await dialog.getByRole('button', { name: 'Cancel' }).last().click();
        await dialog.waitFor({ state: 'hidden' });

        const vote = await shownVote(page);
        expect(vote).toBe(`{"gate":"start","hash":"${gates[0]!.hash}","by":"","reason":""}`);
        await send(
          page,
          'approve',
          vote.replace('"by":""', '"by":"LAB\\\\bob"').replace('"reason":""', '"reason":"evidence read"'),
        );
        await expect
          .poll(() => temporal.outcomes(id, 'approve'), { timeout: 20_000 })
          .toMatchObject([
            {
              ...{ gate: 'start', hash: gates[0]!.hash, by: people.approver, reason: 'evidence read' },
              ...{ decision: 'approve', identity: 'bob@lab.example', verdict: 'counted' },
            },
          ]);
        await until((status) => status.gates[0]!.decision === 'approved');

        await send(page, 'pause', JSON.stringify({ by: people.operator, reason: 'month-end' }));
        await expect
          .poll(() => temporal.outcomes(id, 'pause'), { timeout: 20_000 })
          .toMatchObject([{ by: people.operator, reason: 'month-end', verdict: 'accepted' }]);
        await until(({ paused }) => paused);
        // Its key for what is there now.
        const fresh = async () => {
          await page.keyboard.press('r');
          return await textOf(page);
        };
        const often = { timeout: 30_000, interval: 1_000 };
        await expect.poll(fresh, often).toContain('Paused: send resume to go on.');
      });
    });
  },
);
