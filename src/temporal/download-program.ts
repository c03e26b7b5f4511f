/** Run as a program of its own by download.ts: `node download-program.ts FOLDER`. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const server = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir: process.argv[2] } },
});
await server.teardown();
