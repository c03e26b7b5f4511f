import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { browserAvailable } from '../support/browser.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { openTemporalUi, type TemporalUi } from '../support/temporal-ui.ts';
import { rehearse, type Theatre } from '../workflows/support.ts';

/** `DMSA_PICTURES=docs` writes the picture of the documentation anew. */
const folder = fileURLToPath(new URL(`../../${process.env.DMSA_PICTURES ?? 'reports'}/`, import.meta.url));

describe.skipIf(!(await temporalAvailable()).available || !browserAvailable())(
  'a migration in Temporal’s UI',
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

    test('shows what it is about, what it waits for, the vote to send, and what each step does', async () => {
      await rehearse(theatre, {}, async ({ until, id, plan }) => {
        const { gates } = await until((status) => status.gates.some(({ hash }) => hash !== null));
        const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
        await page.goto(`${server.uiUrl}/namespaces/default/workflows/${encodeURIComponent(id)}`);
        const shown = (text: string) => page.getByText(text).first().waitFor();
        await shown('Read directory and hosts for gate "start"');
        await shown('Gate "start" waits for votes');
        await page.getByText('Search Attributes', { exact: true }).first().click();
        await shown('DmsaNeeds');
        await shown('approval');
        await page.getByText('User Metadata', { exact: true }).first().click();
        // Markdown is shown in frames of its own.
        const read = async () =>
          (await Promise.all(page.frames().map((frame) => frame.innerText('body').catch(() => '')))).join(
            '\n',
          );
        await expect.poll(read, { timeout: 30_000 }).toContain(gates[0]!.hash!);
        const text = await read();
        expect(text).toContain(`${plan.account.samAccountName} → ${plan.dmsa.name}$ on 3 hosts`);
        expect(text).toContain('Waiting for 1 vote at gate');
        for (const { name } of plan.hosts) expect(text).toContain(name);
        await mkdir(folder, { recursive: true });
        const picture = await page.screenshot({ path: `${folder}temporal-ui.png` });
        expect(picture.length).toBeGreaterThan(20_000);
      });
    });
  },
);
