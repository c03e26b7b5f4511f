import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';

/** For `describe.skipIf(!timeSkippingAvailable().available)`; `reason` is one line for people, null where it is. */
export function timeSkippingAvailable(): { available: boolean; reason: string | null } {
  const { executable, reason } = inject('timeSkipping');
  return { available: executable !== null, reason };
}

/**
 * A Temporal test server of one's own, in which 28 days pass in a second. Time is the server's, so tests that share
 * one run one after the other. Tear it down in `afterAll`.
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const { executable, reason } = inject('timeSkipping');
  if (executable === null) throw new Error(reason ?? 'there is no time-skipping server');
  const options = { server: { executable: { type: 'existing-path' as const, path: executable } } };
  for (let tries = 1; ; tries++) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping(options);
    } catch (error) {
      if (tries === patience || !/did not start within/.test(String(error))) throw error;
    }
  }
}

/** The SDK gives the server five seconds; where other tests keep both cores busy, its Java needs more. */
const patience = 4;
