import { existsSync } from 'node:fs';

import { type Browser, chromium } from 'playwright-core';

/** Debian's, unless `CHROMIUM` names another. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export function browserAvailable(): boolean {
  return existsSync(executablePath);
}

/** Headless, without its sandbox: it opens nothing but files that a test has made. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
