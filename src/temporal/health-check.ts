/** Run by the container's health check: `node health-check.js TASK-QUEUE`; fails where this worker takes no work. */
import { isWorkerPolling } from './worker-polling.ts';

process.exitCode = await isWorkerPolling(process.argv[2]!).then(
  (polling) => (polling ? 0 : 1),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    return 1;
  },
);
