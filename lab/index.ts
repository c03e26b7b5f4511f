import type { DemoOptions, RunLabOptions } from '../src/cli/assembly.ts';
import type { Output } from '../src/cli/output.ts';

/** The one door through which the product reaches the lab, for `dmsa lab` and `dmsa demo`; each loads what it needs. */

export async function runLab(options: RunLabOptions): Promise<void> {
  const lab = await import('./run-lab.ts');
  await lab.runLab(options);
}

/** Returns the exit code. */
export async function runDemo(output: Output, options: DemoOptions): Promise<number> {
  const demo = await import('./demo/demo.ts');
  return await demo.runDemo(output, options);
}

export async function scenarioNames(): Promise<string[]> {
  const { scenarios } = await import('./scenarios/index.ts');
  return Object.keys(scenarios);
}
