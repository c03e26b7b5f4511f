/**
 * Makes the pictures of reports in `docs/`: `node test/pictures/make.ts [FOLDER]`. Plays the scenarios in the lab, signs
 * their reports with a key of its own, and has Chromium draw what is seen first. With FOLDER, the reports stay there.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { playScenario } from '../../lab/demo/play-scenario.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import { ensureTemporal } from '../../lab/temporal/server.ts';
import { type ReportFormat, render, save, sealed } from '../../src/report/reports.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { installRuntime } from '../../src/worker/runtime.ts';
import { newKey, writeKey } from '../report/keys-of-test.ts';
import { openBrowser } from '../support/browser.ts';

const pictures = { happy: 'report-happy', 'undo-after-complete': 'report-undo' };
const docs = resolve(import.meta.dirname, '../../docs');
const kept = process.argv[2];
const folder = kept ? resolve(kept) : await mkdtemp(join(tmpdir(), 'dmsa-pictures-'));

const runtime = installRuntime(createLog('error'));
const temporal = await ensureTemporal({ env: process.env, onProgress: ({ detail }) => console.log(detail) });
const browser = await openBrowser();
try {
  const keyFile = join(folder, 'worker.jwk');
  await save('', keyFile);
  await writeKey(keyFile, (await newKey()).privateJwk);
  for (const [name, picture] of Object.entries(pictures)) {
    const { status, plan, records } = await playScenario(scenarios[name]!, { temporal });
    const report = await sealed({ status, plan, records, madeAt: new Date() }, keyFile);
    const file = (format: ReportFormat) => join(folder, `${picture}.${format}`);
    for (const format of ['html', 'json', 'md'] as const)
      await save(await render(report, format), file(format));
    const page = await browser.newPage({ viewport: { width: 1180, height: 1560 }, deviceScaleFactor: 1 });
    await page.goto(pathToFileURL(file('html')).href);
    const path = join(docs, `${picture}.png`);
    await page.screenshot({ path });
    await page.close();
    console.log(`${path}: ${Math.round((await stat(path)).size / 1024)} KiB`);
  }
} finally {
  await browser.close();
  await temporal.close();
  await runtime.shutdown();
  if (!kept) await rm(folder, { recursive: true });
}
