import { setInterval, setTimeout } from 'node:timers/promises';

import type { Play, Scenario } from './scenario.ts';

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
  'clock-skewed': {
    summary: 'the clock of a host is six minutes ahead: blocked in preflight, nothing changed',
    outcome: 'refused',
    topology: ({ hosts }) => {
      hosts[2]!.clockAheadMs = 6 * 60_000;
    },
  },
  'clock-drifts': {
    summary: 'a clock is an hour off before completion: waits until it is right again, completes',
    outcome: 'completed',
    onStage: { observe: clockDrifts, 'preflight-again': clockIsSet },
  },
  'group-policy': {
    summary: 'a group policy forbids dMSA logons on a host: blocked in preflight, nothing changed',
    outcome: 'refused',
    topology: ({ hosts }) => {
      hosts[1]!.policyFrom = { gpo: 'Server hardening', value: 0 };
    },
  },
  clustered: {
    summary: 'a cluster owns one of the services: it is left to the cluster, completes',
    outcome: 'completed',
    topology: ({ hosts }) => {
      hosts[2]!.services[0]!.clusterResource = 'Finance Batch Role';
    },
  },
  'pools-and-checks': {
    summary: 'an application pool is recycled, and a health check is asked until it is well: completes',
    outcome: 'completed',
    topology: ({ account, hosts }) => {
      hosts[0]!.pools = [{ name: 'FinanceWeb', account: `LAB\\${account.name}`, state: 'Started' }];
      hosts[0]!.failingChecks = 2;
    },
    request: { checks: [{ kind: 'tcp', port: 8443, attempts: 3, everySeconds: 1 }] },
  },
  'health-check-fails': {
    summary: 'the service on the canary runs, and does not answer: the other hosts are not touched, undone',
    outcome: 'undone',
    topology: ({ hosts }) => {
      hosts[0]!.failingChecks = 2;
    },
    request: {
      checks: [{ kind: 'http', url: 'http://localhost:8080/', status: 200, attempts: 2, everySeconds: 1 }],
    },
  },
  'canary-dies': {
    summary: 'a service on the canary stops while it is left to run: the other hosts are not touched, undone',
    outcome: 'undone',
    request: { bake: '5s' },
    onStage: { 'restart-services': canaryDies },
  },
  'host-retried': {
    summary: 'a service does not start on one host: the rest goes on, a person has it tried again, completes',
    outcome: 'completed',
    topology: ({ hosts }) => {
      hosts[1]!.services[0]!.failingStarts = 1;
    },
    request: { maxFailures: 1 },
    failedHosts: 'retry',
  },
  'host-skipped': {
    summary: 'a service does not start on one host: a person leaves that host out, completes without it',
    outcome: 'completed',
    topology: ({ hosts }) => {
      hosts[1]!.services[0]!.failingStarts = 1;
    },
    request: { maxFailures: 1 },
    failedHosts: 'skip',
  },
  'too-many-failures': {
    summary: 'services do not start on more hosts than may fail: undone',
    outcome: 'undone',
    topology: ({ hosts }) => {
      for (const { services } of hosts.slice(1)) services[0]!.failingStarts = 1;
    },
    request: { maxFailures: 1 },
  },
  reboots: {
    summary: 'hosts are rebooted after the policy is set, as the plan says, one after the other: completes',
    outcome: 'completed',
    topology: ({ hosts }) => {
      for (const host of hosts) host.rebootMs = 500;
    },
    request: { reboot: 'after-policy', maxParallel: 1, maxUnavailable: 1 },
  },
};

/** As soon as the canary has been restarted, before the others are. */
async function canaryDies({ lab }: Play): Promise<void> {
  const [canary] = lab.hosts;
  for await (const _ of setInterval(20)) {
    if (canary!.restarts > 0) break;
  }
  canary!.settings.services[0]!.state = 'Stopped';
}

async function clockDrifts({ lab }: Play): Promise<void> {
  lab.hosts[1]!.settings.clockAheadMs = 60 * 60_000;
}

/** After some time in which it is waited for. */
async function clockIsSet({ lab }: Play): Promise<void> {
  await setTimeout(2_500);
  lab.hosts[1]!.settings.clockAheadMs = 0;
}
