import { flapping, lostAnswers } from '../faults.ts';
import type { Scenario } from './scenario.ts';

/** What becomes of the connections to directory and hosts. */
export const connectionScenarios: Record<string, Scenario> = {
  'lost-answers': {
    summary: 'every change takes effect but its first answer is lost: completes, each effect applied once',
    outcome: 'completed',
    faults: lostAnswers,
    request: { join: '30s' },
  },
  flapping: {
    summary: 'LDAP and SSH drop connections at random: completes all the same',
    outcome: 'completed',
    faults: () => flapping(2025),
    request: { join: '60s' },
  },
  'host-unreachable': {
    summary: 'a host does not take connections: blocked in preflight, nothing changed',
    outcome: 'refused',
    faults: () => ({ ssh: { onConnection: (host) => (host.startsWith('fin02.') ? 'refuse' : null) } }),
  },
};
