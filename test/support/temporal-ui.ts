import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Browser } from 'playwright-core';

import { type DevServer, startDevServer } from '../../lab/temporal/dev-server.ts';
import { findExecutable } from '../../lab/temporal/executable.ts';
import { openTheatre, type Theatre } from '../workflows/support.ts';
import { openBrowser } from './browser.ts';

/** Temporal with its UI, stories on it, and a browser to look at it. */
export interface TemporalUi {
  server: DevServer;
  theatre: Theatre;
  browser: Browser;
  close(): Promise<void>;
}

/** A server of the test's own: that of the test run has no UI. */
export async function openTemporalUi(): Promise<TemporalUi> {
  const executable = await findExecutable({ env: process.env, onProgress: () => undefined });
  const server = await startDevServer({ executable, namespace: 'default' });
  const { address } = server;
  const theatre = await openTheatre(() => TestWorkflowEnvironment.createFromExistingServer({ address }));
  const browser = await openBrowser();
  const close = async () => {
    await browser.close();
    await theatre.close();
    await server.close();
  };
  return { server, theatre, browser, close };
}
