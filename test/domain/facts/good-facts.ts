import type { Assessed } from '../../../src/domain/assess/assessed.ts';
import type { DomainFacts } from '../../../src/domain/facts/domain-facts.ts';
import type { AccountFacts, DmsaFacts } from '../../../src/domain/facts/facts.ts';
import type { HostFacts } from '../../../src/domain/facts/host-facts.ts';
import type { Surroundings } from '../../../src/domain/facts/surroundings.ts';
import { samplePlan } from '../../plan/sample-plan.ts';

/** Facts in which nothing is wrong, made anew for each test to change one thing in. */

export const now = '2025-06-01T08:00:00.000Z';
const plan = samplePlan();
const noDelegation = {
  servicePrincipalNames: [],
  allowedToDelegateTo: [],
  actOnBehalfOf: null,
  authenticationPolicy: null,
  authenticationSilo: null,
  trustedToAuthForDelegation: false,
};

export function goodDomain(changes: Partial<DomainFacts> = {}): DomainFacts {
  const kdsEffectiveAt = '2025-05-01T00:00:00.000Z';
  return {
    schemaLacks: [],
    capableDcs: ['dc1.lab.example'],
    controllers: [{ name: 'dc1.lab.example', site: 'Head-Office', writable: true, build: 26100 }],
    kdsEffectiveAt,
    kdsKeys: [{ id: 'key', effectiveAt: kdsEffectiveAt, createdAt: '2025-04-30T14:00:00.000Z' }],
    replication: null,
    ...changes,
  };
}

export function goodAccount(changes: Partial<AccountFacts> = {}): AccountFacts {
  return {
    ...noDelegation,
    ...plan.account,
    userPrincipalName: 'svc-web@lab.example',
    kind: 'user',
    enabled: true,
    expiresAt: null,
    privilegedBecause: null,
    unconstrainedDelegation: false,
    flags: [],
    encryptionTypes: null,
    state: 0,
    supersededBy: null,
    claimedBy: [],
    passwordLastSet: null,
    ...changes,
  };
}

export function goodDmsa(changes: Partial<DmsaFacts> = {}): DmsaFacts {
  return {
    ...noDelegation,
    dn: plan.dmsa.dn,
    guid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    sid: 'S-1-5-21-1004336348-1177238915-682003330-1300',
    samAccountName: 'dmsa-web$',
    isDmsa: true,
    description: null,
    enabled: true,
    state: 0,
    precededBy: null,
    claimedBy: [],
    principals: [],
    principalsDigest: null,
    encryptionTypes: 16,
    ...changes,
  };
}

export function goodHost(name: string, changes: Partial<HostFacts> = {}): HostFacts {
  return {
    name,
    unreachable: null,
    build: 26100,
    isDomainController: false,
    rebootPending: false,
    policy: { value: 1, keyExists: true },
    eventLogEnabled: true,
    policyFrom: null,
    services: [
      {
        name: 'WebApp',
        startName: 'LAB\\svc-web',
        state: 'Running',
        startMode: 'Auto',
        clusterResource: null,
      },
    ],
    pools: [],
    logonRight: 'yes',
    ...changes,
  };
}

export const nothingAround: Surroundings = { protectedGroups: [], spnHolders: [], hosts: {} };

/** Before Start: no dMSA yet, three good hosts. */
export function beforeStart(changes: Partial<Assessed> = {}): Assessed {
  const hosts = plan.hosts.map((host) => goodHost(host.name));
  return {
    plan,
    facts: { account: goodAccount(), dmsa: null, hosts },
    domain: goodDomain(),
    surroundings: nothingAround,
    expect: 'unlinked',
    sameDn: (a, b) => a?.toLowerCase() === b?.toLowerCase(),
    allowed: [],
    now,
    ...changes,
  };
}

/** Before Complete: both linked in state 1, every host among the principals. */
export function beforeComplete(changes: Partial<Assessed> = {}): Assessed {
  const start = beforeStart();
  return {
    ...start,
    facts: { ...start.facts, account: linkedAccount(), dmsa: linkedDmsa() },
    expect: 'linked',
    ...changes,
  };
}

export function linkedAccount(changes: Partial<AccountFacts> = {}): AccountFacts {
  return goodAccount({ state: 1, supersededBy: plan.dmsa.dn, claimedBy: [plan.dmsa.dn], ...changes });
}

export function linkedDmsa(changes: Partial<DmsaFacts> = {}): DmsaFacts {
  const principals = plan.hosts.map((host) => {
    const name = `${host.name.split('.')[0]!.toUpperCase()}$`;
    return { sid: host.computerSid, name, kind: 'computer' as const };
  });
  return goodDmsa({
    state: 1,
    precededBy: plan.account.dn,
    claimedBy: [plan.account.dn],
    principals,
    ...changes,
  });
}
