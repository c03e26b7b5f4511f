import { defineConfig } from 'vitest/config';

const ci = Boolean(process.env.CI);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Processes, as Temporal's native core is one a process. Two, as CI has two cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // `.ci/run` counts in it what passed, failed and was skipped.
    reporters: ci ? ['default', ['json', { outputFile: 'reports/tests.json' }]] : ['default'],
  },
});
