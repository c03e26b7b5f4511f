import { setInterval } from 'node:timers/promises';

import { flapping, onFirstOf, onFirstOfEach } from '../faults.ts';
import type { Play, Scenario } from './scenario.ts';

/** What becomes of the connections to directory and hosts. */
export const connectionScenarios: Record<string, Scenario> = {
  'lost-answers': {
    summary: 'every change takes effect but its first answer is lost: completes, each effect applied once',
    outcome: 'completed',
    faults: () => onFirstOfEach('drop-after'),
    request: { join: '30s' },
  },
  flapping: {
    summary: 'LDAP and SSH drop connections at random: completes all the same',
    outcome: 'completed',
    faults: () => flapping(2025),
    request: { join: '60s' },
  },
  'half-answers': {
    summary: 'the first answer to every change ends in its middle: completes, each effect applied once',
    outcome: 'completed',
    faults: () => onFirstOfEach('half-answer'),
    request: { join: '30s' },
  },
  banner: {
    summary: 'hosts print a banner, and CLIXML on standard error, with every answer: completes',
    outcome: 'completed',
    faults: () => ({ ssh: { onSession: () => 'banner' } }),
  },
  'reboots-midway': {
    summary: 'a host reboots in the middle of its restart: completes once it is back',
    outcome: 'completed',
    topology: ({ hosts }) => {
      hosts[1]!.rebootMs = 1_500;
    },
    faults: () => onFirstOf('fin02.', 'restart-services', 'drop-before'),
    onStage: { 'restart-services': rebootOnRestart },
    request: { join: '30s' },
  },
  'host-hangs': {
    summary: 'a host hangs after it has restarted its service: completes after the time limit',
    outcome: 'completed',
    faults: () => onFirstOf('fin02.', 'restart-services', 'hang-after'),
    request: { serviceTimeout: '1s', join: '60s' },
  },
  'host-unreachable': {
    summary: 'a host does not take connections: blocked in preflight, nothing changed',
    outcome: 'refused',
    faults: () => ({ ssh: { onConnection: (host) => (host.startsWith('fin02.') ? 'refuse' : null) } }),
  },
  'wrong-host-key': {
    summary: 'a host shows another key than known_hosts has: blocked in preflight, nothing was sent to it',
    outcome: 'refused',
    faults: () => ({ ssh: { onHostKey: (host) => (host.startsWith('fin02.') ? 'another' : null) } }),
  },
  'login-refused': {
    summary: 'a host refuses the login of the worker: blocked in preflight, nothing changed',
    outcome: 'refused',
    faults: () => ({ ssh: { onLogin: (host) => (host.startsWith('fin02.') ? 'refuse' : null) } }),
  },
};

/** While it is being asked, as an update that somebody else installs would do it. */
async function rebootOnRestart({ lab }: Play): Promise<void> {
  const host = lab.hosts[1]!;
  for await (const _ of setInterval(20)) {
    if (lab.counts().ssh[host.settings.name]!.operations['restart-services']) break;
  }
  host.reboot({ reason: 'an update', unlessBootedSince: null, sentAt: new Date().toISOString() });
}
