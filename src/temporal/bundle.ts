import { fileURLToPath } from 'node:url';

import type { WorkerOptions } from '@temporalio/worker';

/**
 * The workflows as a worker takes them: from a checkout the sources, which it bundles itself (about a second); from
 * the built package the bundle that was made with it.
 */
export function workflowSource(): Pick<WorkerOptions, 'workflowsPath' | 'workflowBundle'> {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
  if (import.meta.url.endsWith('.ts')) return { workflowsPath: path('../../workflows/index.ts') };
  return { workflowBundle: { codePath: path('../../workflow-bundle.js') } };
}
