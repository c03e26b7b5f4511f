import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { renderHtml } from '../../src/report/html.ts';
import { evidence, undone, unpreparedHost, waiting } from '../domain/migration/sample-status.ts';
import { browserAvailable, openBrowser } from '../support/browser.ts';
import { full, poisoned, records, sealedOf } from './samples.ts';

const names = Array.from(
  { length: 300 },
  (_, each) => `host-with-a-long-name-${each}.branch.contoso.example`,
);
const large: MigrationStatus = {
  ...full,
  hosts: names.map((name) => evidence(name)),
  before: { ...full.before!, hosts: names.map((name) => unpreparedHost(name)) },
};
const statuses: [string, MigrationStatus][] = [
  ['completed', full],
  ['undone', undone],
  ['running', waiting],
  ['of 300 hosts', large],
  ['hostile', poisoned(full)],
  ['refused before any stage', { ...full, stages: [], outcome: 'refused' }],
];

describe.skipIf(!browserAvailable())('a report in a browser', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-browser-'));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function opened(
    name: string,
    status: MigrationStatus,
    options: Parameters<Browser['newPage']>[0],
  ): Promise<{ page: Page; said: string[]; asked: string[] }> {
    const file = join(folder, `${name.replaceAll(' ', '-')}.html`);
    const recorded = name === 'hostile' ? poisoned(records) : records;
    await writeFile(file, renderHtml(sealedOf(status, recorded), null));
    const page = await browser.newPage(options);
    const [said, asked]: string[][] = [[], []];
    page.on('console', (message) => said!.push(message.text()));
    page.on('pageerror', (error) => said!.push(error.message));
    page.on('request', (request) => asked!.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, said: said!, asked: asked! };
  }

  describe.each(statuses)('%s', (name, status) => {
    test.each([360, 1280])(
      'fits %i pixels, asks for nothing and has nothing to complain of',
      async (width) => {
        const { page, said, asked } = await opened(name, status, { viewport: { width, height: 900 } });
        expect(said).toEqual([]);
        expect(asked).toEqual([page.url()]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        const shown = await page
          .locator('svg')
          .evaluateAll((all) => all.map((each) => each.checkVisibility()));
        expect(shown).toEqual(status.stages.length === 0 ? [] : [width === 1280, width === 360]);
        await page.close();
      },
    );

    test('prints on A4, whatever the screen likes, and cuts no row', async () => {
      const { page } = await opened(name, status, { colorScheme: 'dark' });
      const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
      const pages = pdf.match(/\/Type \/Page\b(?!s)/g)!.length;
      expect(pages).toBeGreaterThanOrEqual(2);
      expect(pages).toBeLessThan(name === 'of 300 hosts' ? 30 : 10);
      // 210 by 297 mm, in points.
      expect(pdf).toMatch(/\/MediaBox \[0 0 59[45]\.?\d* 84[12]\.?\d*\]/);
      await page.emulateMedia({ media: 'print' });
      const rules = `[...document.querySelectorAll('tr')].map((row) => getComputedStyle(row).breakInside)`;
      expect(new Set((await page.evaluate(rules)) as string[])).toEqual(new Set(['avoid']));
      const ground = `getComputedStyle(document.querySelector('h1')).color`;
      expect(await page.evaluate(ground)).toBe('rgb(23, 32, 44)');
      await page.close();
    });
  });

  test.each(['light', 'dark'] as const)(
    'in %s colours every word is readable, WCAG 2.2 AA',
    async (scheme) => {
      const { page } = await opened('contrast', full, { colorScheme: scheme });
      const colours = `[...document.querySelectorAll('.mark, h1, td, th, p, dt, dd, small, ins, del, a, footer')].map((each) => {
      let behind = each;
      while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
      return [each.className || each.tagName, getComputedStyle(each).color, getComputedStyle(behind).backgroundColor];
    })`;
      const found = (await page.evaluate(colours)) as [string, string, string][];
      expect(found.length).toBeGreaterThan(100);
      const faint = found.filter(([, ink, ground]) => contrast(ink, ground) < 4.5);
      expect([...new Set(faint.map((each) => each.join(' ')))]).toEqual([]);
      await page.close();
    },
  );
});

/** WCAG 2.2, 1.4.3. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = colour.match(/\d+/g)!.map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
