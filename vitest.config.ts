import { defineConfig } from 'vitest/config';

const ci = Boolean(process.env.CI);

/** Tests that touch nothing outside themselves: they share processes, and start fastest. */
const pure = ['test/domain/**/*.test.ts'];

export default defineConfig({
  test: {
    // Processes, as Temporal's native core is one a process. Two, as CI has two cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: pure,
          globalSetup: ['test/support/run/global-setup.ts'],
          setupFiles: ['test/support/run/setup.ts'],
        },
      },
    ],
    // `.ci/run` counts in it what passed, failed and was skipped.
    reporters: ci ? ['default', ['json', { outputFile: 'reports/tests.json' }]] : ['default'],
  },
});
