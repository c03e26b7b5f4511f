import { defineConfig } from 'vitest/config';

import { SlowFirst } from './test/support/run/slow-first.ts';

const ci = Boolean(process.env.CI);

/** Tests that decide what their process is like for good: what Temporal's core logs, measures and traces. */
const apart = ['test/telemetry/**/*.test.ts'];

export default defineConfig({
  test: {
    // Processes, as Temporal's native core is one a process. Two, as CI has two cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    unstubEnvs: true,
    sequence: { sequencer: SlowFirst },
    globalSetup: ['test/support/run/global-setup.ts'],
    setupFiles: ['test/support/run/setup.ts'],
    projects: [
      { extends: true, test: { name: 'apart', include: apart } },
      // Loading modules anew takes half of a second a file: test files leave nothing behind, so they share processes.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: apart, isolate: false },
      },
    ],
    // `.ci/run` counts in it what passed, failed and was skipped.
    reporters: ci ? ['default', ['json', { outputFile: 'reports/tests.json' }]] : ['default'],
  },
});
