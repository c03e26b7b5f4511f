import { domainControllerName, twoControllers } from '../topology.ts';
import type { Play, Scenario } from './scenario.ts';

/** What is, or happens, in the directory. */
export const directoryScenarios: Record<string, Scenario> = {
  'dc-goes-down': {
    summary: 'one of two domain controllers goes down while it waits: completes on the other',
    outcome: 'completed',
    topology: (topology) => {
      topology.controllers = twoControllers();
    },
    onStage: { observe: firstDcGoesDown },
  },
  'root-key-later': {
    summary: 'the KDS root key is not effective yet: waits for it with a timer, then completes',
    outcome: 'completed',
    topology: (topology) => {
      topology.rootKeys = [8 / 3_600];
    },
    request: { waitForKds: true },
  },
  'privileged-account': {
    summary: 'the account is a domain administrator through a group in a group: refused',
    outcome: 'refused',
    topology: (topology) => {
      topology.groups = [
        { name: 'finance-ops', members: [topology.account.name] },
        { name: 'all-ops', members: ['finance-ops'] },
        { name: 'Domain Admins', members: ['all-ops'] },
      ];
    },
  },
  'already-started-by-others': {
    summary: 'someone else has linked the account already: refused, the link is not adopted',
    outcome: 'refused',
    topology: (topology) => {
      topology.presentDmsa = { state: 0, linkedBySomeone: true };
    },
  },
  'standalone-state': {
    summary: 'the dMSA was created standalone, in state 3: refused, with the fix',
    outcome: 'refused',
    topology: (topology) => {
      topology.presentDmsa = { state: 3, linkedBySomeone: false };
    },
  },
};

async function firstDcGoesDown({ lab }: Play): Promise<void> {
  await lab.controllers[domainControllerName]!.stop();
}
