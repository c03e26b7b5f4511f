import { afterEach, vi } from 'vitest';

import { ask } from './ask.ts';
import { forgetServers, lastLinesOfServers } from './used-servers.ts';

/** Bundles workflows once a run, wherever the product or a test asks for it. */
vi.mock('@temporalio/worker', async (importOriginal) => {
  const original = await importOriginal<typeof import('@temporalio/worker')>();
  const bundleWorkflowCode: typeof original.bundleWorkflowCode = ({ logger: _logger, ...options }) =>
    ask('bundle', options);
  return { ...original, bundleWorkflowCode };
});

forgetServers();

afterEach(async ({ task }) => {
  const lines = await lastLinesOfServers(task.result?.state === 'fail');
  if (lines.length > 0)
    process.stderr.write(`last lines of the servers of "${task.name}":\n${lines.join('\n')}\n`);
});
