import type { Scenario } from './scenario.ts';

/** What is, or happens, on the hosts. */
export const hostScenarios: Record<string, Scenario> = {
  'host-too-old': {
    summary: 'a host has a build below 26100: blocked in preflight, nothing changed',
    outcome: 'refused',
    topology: ({ hosts }) => {
      hosts[1]!.build = 20348;
    },
  },
  'canary-fails': {
    summary: 'a service on the canary does not come back: the other hosts are not touched, undone',
    outcome: 'undone',
    topology: ({ hosts }) => {
      hosts[0]!.services[0]!.failingStarts = 1;
    },
  },
  'principal-missing': {
    summary: 'a host reaches only a read-only DC and never joins the principals: undone',
    outcome: 'undone',
    topology: ({ hosts }) => {
      hosts[2]!.behindRodc = true;
    },
    request: { join: '2s' },
  },
};
