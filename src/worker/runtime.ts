import { Runtime } from '@temporalio/worker';

import { type Log, temporalLogger } from '../telemetry/log.ts';
import { prometheus } from '../telemetry/metrics.ts';

/**
 * Temporal's own log lines go through ours. Once a process: a second call would fail. It ends with the last worker;
 * where there may be none, shut it down, or it keeps the process from ending. `metrics`: `HOST:PORT` where Prometheus
 * may read them; `traced`: whether spans are sent, whose ids then are in the log.
 */
export function installRuntime(
  log: Log,
  { metrics = null, traced = false }: { metrics?: string | null; traced?: boolean } = {},
): Runtime {
  return Runtime.install({
    logger: temporalLogger(log, traced),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metrics !== null && { metrics: prometheus(metrics) }),
    },
    shutdownSignals: [],
  });
}
