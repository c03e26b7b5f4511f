import type { BundleOptions, WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** Bundles the workflows once a run for each set of options. */
export class Bundles {
  readonly #made = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

  bundle(options: Omit<BundleOptions, 'logger'>): Promise<WorkflowBundleWithSourceMap> {
    const key = JSON.stringify(options);
    const made = this.#made.get(key) ?? make(options);
    this.#made.set(key, made);
    return made;
  }
}

async function make(options: BundleOptions): Promise<WorkflowBundleWithSourceMap> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  return await bundleWorkflowCode({ ...options, logger: new DefaultLogger('WARN') });
}
