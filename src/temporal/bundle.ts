import { fileURLToPath } from 'node:url';

/** What `Worker.create` takes its workflows from: one of the two. */
export interface WorkflowSource {
  workflowsPath?: string;
  workflowBundle?: { codePath: string };
}

/**
 * The workflows: bundled by the worker when it starts in a checkout (about 1 s), prebuilt by build.ts in the published
 * package, which needs no bundler on the machine that it runs on.
 */
export function workflowSource(): WorkflowSource {
  const isBuilt = import.meta.url.endsWith('.js');
  return isBuilt
    ? { workflowBundle: { codePath: pathOf('../../workflow-bundle.js') } }
    : { workflowsPath: pathOf('../../workflows/index.ts') };
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
