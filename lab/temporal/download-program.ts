/** Run as a program of its own by download.ts: `node download-program.ts dev-server|time-skipping FOLDER`. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, downloadDir] = process.argv.slice(2);
const options = { server: { executable: { type: 'cached-download' as const, downloadDir } } };
const server =
  kind === 'time-skipping'
    ? await TestWorkflowEnvironment.createTimeSkipping(options)
    : await TestWorkflowEnvironment.createLocal(options);
await server.teardown();
