import type { Plan } from '../../src/domain/plan/plan.ts';
import { sealPlan } from '../../src/plan/hash.ts';

/** A plan as the planner makes it, for tests that need one of every field. */
export function samplePlan(changes: Partial<Omit<Plan, 'hash'>> = {}): Plan {
  const gate = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' } as const;
  return sealPlan({
    version: 1,
    createdAt: '2025-06-01T08:00:00.000Z',
    requestedBy: 'LAB\\rosa',
    domain: {
      dnsName: 'lab.example',
      netbiosName: 'LAB',
      baseDn: 'DC=lab,DC=example',
      server: 'dc1.lab.example',
    },
    account: {
      dn: 'CN=svc-web,OU=Services,DC=lab,DC=example',
      guid: '0f8fad5b-d9cb-469f-a165-70867728950e',
      sid: 'S-1-5-21-1004336348-1177238915-682003330-1104',
      samAccountName: 'svc-web',
    },
    dmsa: {
      name: 'dmsa-web',
      dn: 'CN=dmsa-web,CN=Managed Service Accounts,DC=lab,DC=example',
      container: 'CN=Managed Service Accounts,DC=lab,DC=example',
      dnsHostName: 'dmsa-web.lab.example',
    },
    hosts: [1, 2, 3].map((number) => ({
      name: `web0${number}.lab.example`,
      computerSid: `S-1-5-21-1004336348-1177238915-682003330-120${number}`,
      services: ['WebApp'],
    })),
    rollout: { canary: 1, maxParallel: 5, serviceTimeout: '2m' },
    waits: { join: '15m', observe: '28d', checkEvery: '10h', soak: '1d' },
    gates: { start: { ...gate, approvers: [] }, complete: { ...gate, approvers: [] } },
    people: [],
    enableEventLog: true,
    restoreEventLog: false,
    waitForKds: false,
    notify: false,
    ...changes,
  });
}
