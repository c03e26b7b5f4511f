import { connectionScenarios } from './connections.ts';
import { directoryScenarios } from './directory.ts';
import { gateScenarios } from './gates.ts';
import { hostScenarios } from './hosts.ts';
import { peoplesScenarios } from './people.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario by its name; `npm start -- --list` lists them, and each is a test. */
export const scenarios: Record<string, Scenario> = {
  ...peoplesScenarios,
  ...gateScenarios,
  ...directoryScenarios,
  ...hostScenarios,
  ...connectionScenarios,
};
