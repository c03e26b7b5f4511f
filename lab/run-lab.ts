import type { RunLabOptions } from '../src/cli/assembly.ts';
import { startLab } from './lab.ts';

/** `dmsa lab`: runs until `signal` aborts. */
export async function runLab({ directory, signal, onReady }: RunLabOptions): Promise<void> {
  const lab = await startLab({ directory, signal });
  try {
    await onReady(lab.settings);
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
  } finally {
    await lab.close();
  }
}
