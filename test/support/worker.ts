import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';

import { connectTestTemporal, type TestTemporal, unique } from './temporal.ts';

export interface TestWorker {
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  /** Environment in which `dmsa` reaches that server and worker, and no profile of the machine. */
  environment(folder: string): NodeJS.ProcessEnv;
}

/** Runs a worker with the workflows of this file for the tests around the call, on the run's own Temporal server. */
export function useWorker(name: string, workflowsPath: string): TestWorker {
  const taskQueue = unique(name);
  let temporal: TestTemporal;
  let worker: Worker;
  let running: Promise<void>;
  beforeAll(async () => {
    temporal = await connectTestTemporal();
    const { nativeConnection: connection, namespace } = temporal;
    worker = await Worker.create({ connection, namespace, taskQueue, workflowsPath });
    running = worker.run();
  });
  afterAll(async () => {
    worker.shutdown();
    await running;
    await temporal.close();
  });
  return {
    get temporal() {
      return temporal;
    },
    taskQueue,
    environment: (folder) => ({
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'),
      DMSA_WORKER_TASK_QUEUE: taskQueue,
    }),
  };
}
