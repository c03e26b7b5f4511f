import { IllegalStateError } from '@temporalio/common';

import { createLog } from '../../src/telemetry/log.ts';
import { installRuntime } from '../../src/worker/runtime.ts';

/** Keeps Temporal's own log lines off the console, unless this process has a runtime already. */
export function quietRuntime(): void {
  try {
    installRuntime(createLog('silent'));
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
