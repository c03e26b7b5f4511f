import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts/facts.ts';
import {
  evidenceNames,
  type HostEvidence,
  type HostReading,
  see,
} from '../../src/domain/facts/host-evidence.ts';
import { finding } from '../../src/domain/findings/findings.ts';
import type { JournalEntry } from '../../src/domain/migration/journal.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import type { PlanHost } from '../../src/domain/plan/plan.ts';
import { maxHosts } from '../../src/plan/values.ts';
import { compressing } from '../../src/temporal/compression.ts';

/** Temporal warns of a larger payload. */
const limit = 256 * 1024;
/** gRPC's for a message, as Temporal's frontend and its clients have it: what a query may answer. */
const messageLimit = 4 * 1024 * 1024;

/** As large as things get: every host with two services, a group, a check, three findings, all evidence, its turns. */
const hosts = Array.from(
  { length: maxHosts },
  (_, index): PlanHost => ({
    name: `finance-web${index}.emea.contoso.example`,
    // Spread as RIDs are that were given out over years.
    computerSid: `S-1-5-21-1004336348-1177238915-682003330-${(index * 2_654_435_761) % 2 ** 30}`,
    services: [`Finance Api ${index % 10}`, `FinanceBatch${index % 7}`],
    group: `farm-${index % 60}`,
    checks: [
      { kind: 'http', url: `http://localhost:8080/${index}`, status: 200, attempts: 5, everySeconds: 10 },
    ],
  }),
);
const facts = {
  dmsa: {
    principals: hosts.map(({ computerSid, name }) => ({ sid: computerSid, name, kind: 'computer' })),
    hostsAllowed: hosts.map(({ computerSid }) => computerSid),
  },
  hosts: hosts.map(({ name, services }, index) => ({
    name,
    unreachable: null,
    build: 26100,
    isDomainController: false,
    rebootPending: index % 3 === 0,
    policy: { value: null, keyExists: false },
    policyFrom: null,
    eventLogEnabled: index % 2 === 0,
    logonRight: 'yes',
    services: services.map((service) => ({
      name: service,
      startName: 'EMEA\\svc-finance',
      state: 'Running',
      startMode: 'Auto',
      clusterResource: null,
    })),
    pools: [],
  })),
} as unknown as Facts;
const findings = hosts.flatMap(({ name }) => [
  finding('HOST_REBOOT_PENDING', name, 'Windows says that a reboot is pending'),
  finding('LOGON_RIGHT_MISSING', name, 'by its own SID'),
  finding('JOINS_AT_NEXT_LOGON', name, String.raw`\Finance\Nightly`),
]);
const evidence = { facts, findings, hash: 'f'.repeat(64) };
const status = {
  findings,
  before: facts,
  after: facts,
  hosts: hosts.map(({ name }, index) => evidenceOf(name, index)),
  journal: hosts.flatMap((host, index) => entriesOf(host, index)),
  stages: ['prepare-hosts', 'reboot-hosts', 'restart-services', 'restart-and-verify', 'soak'].map(
    (name) =>
      ({
        name,
        changed: hosts.map(({ name: host, services }) => ({
          kind: 'restarted' as const,
          host,
          services,
          pools: [],
        })),
      }) as Partial<Stage>,
  ),
};

test.each([
  ['the plan', { hosts }],
  ['what preflight is asked', { hosts, facts: facts.hosts }],
  ['what preflight answers', evidence],
  ['what undoing compares with', { hosts, before: facts }],
  ['the state that crosses continue-as-new', { hosts, carried: { status, evidence } }],
])('%s is no larger than Temporal likes, for as many hosts as a plan may have', async (_, value) => {
  const [encoded] = await compressing.encode([defaultPayloadConverter.toPayload(value)!]);
  expect(encoded!.data!.length).toBeLessThan(limit);
});

test('the status can be asked for without the codec, too', () => {
  expect(JSON.stringify(status).length).toBeLessThan(messageLimit);
});

function evidenceOf(host: string, index: number): HostEvidence {
  const evidence = { host, seen: [] as HostReading[] } as HostEvidence;
  const sources = ['host', 'directory', 'kerberos-log', 'restart'] as const;
  for (const [place, name] of evidenceNames.entries()) {
    see(evidence, timeOf(index, place), sources[place % 4]!, { [name]: 'yes' });
  }
  return evidence;
}

function entriesOf({ name, services }: PlanHost, index: number): JournalEntry[] {
  const common = { target: name, status: 'applied', registeredAt: timeOf(index, 9) } as const;
  const policy = { value: null, keyExists: false };
  return [
    {
      id: `prepare-host:${name}`,
      step: 'prepare-host',
      ...common,
      beforeImage: { policy, eventLogEnabled: false },
    },
    { id: `restart-host:${name}`, step: 'restart-host', ...common, beforeImage: null },
    { id: `restart-services:${name}`, step: 'restart-services', ...common, beforeImage: { services } },
  ];
}

/** Each host at a time of its own, as it is with waves. */
function timeOf(index: number, place: number): string {
  return new Date(
    Date.UTC(2026, 0, 1) + ((index * 7_919 + place * 104_729) % 86_400) * 1_000 + index,
  ).toISOString();
}
