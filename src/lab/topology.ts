import type { PolicyValue, ServiceState } from '../domain/facts.ts';

/** What is in the lab's domain when it starts. Scenarios change a copy of it, before and while it runs. */
export interface Topology {
  account: LabAccount;
  /** Common name of the dMSA that migrations create. */
  dmsa: string;
  /** A dMSA that is there already, in this state; linked where `linkedBySomeone`. */
  presentDmsa: { state: number; linkedBySomeone: boolean } | null;
  hosts: LabHost[];
  /** Computers that run no service of the account. */
  bystanders: string[];
}

export interface LabAccount {
  /** sAMAccountName and common name. */
  name: string;
  servicePrincipalNames: string[];
  allowedToDelegateTo: string[];
  trustedToAuthForDelegation: boolean;
}

export interface LabHost {
  /** DNS name. */
  name: string;
  build: number;
  policy: PolicyValue;
  eventLogEnabled: boolean;
  behindRodc: boolean;
  services: LabService[];
}

export interface LabService {
  name: string;
  /** As an administrator would have written it. */
  startName: string;
  state: ServiceState;
  startMode: string;
  /** How long it takes to stop and start, in milliseconds. */
  restartMs: number;
  /** How many of its next starts fail. */
  failingStarts: number;
}

export const labDomain = { dnsName: 'lab.example', netbiosName: 'LAB', baseDn: 'DC=lab,DC=example' } as const;
export const managementHost = `mgmt01.${labDomain.dnsName}`;
export const domainControllerName = `dc1.${labDomain.dnsName}`;

export interface TopologyOptions {
  /** How long a service takes to stop and start, in milliseconds. */
  restartMs?: number;
  account?: string;
  dmsa?: string;
}

/** One finance application on three hosts, set up by three different hands. */
export function defaultTopology(options: TopologyOptions = {}): Topology {
  const { restartMs = 300, account = 'svc-finance', dmsa = 'dmsa-finance' } = options;
  const service = (name: string, startName: string): LabService => ({
    name,
    startName,
    state: 'Running',
    startMode: 'Auto',
    restartMs,
    failingStarts: 0,
  });
  return {
    account: {
      name: account,
      servicePrincipalNames: ['HTTP/finance.lab.example', 'HTTP/finance'],
      allowedToDelegateTo: ['MSSQLSvc/sql01.lab.example:1433'],
      trustedToAuthForDelegation: true,
    },
    dmsa,
    presentDmsa: null,
    hosts: [
      labHost('fin01', [service('FinanceApi', `LAB\\${account}`)]),
      labHost('fin02', [service('FinanceApi', `${account}@lab.example`)], {
        policy: { value: 0, keyExists: true },
        eventLogEnabled: true,
      }),
      labHost('fin03', [
        service('FinanceBatch', `lab.example\\${account.toUpperCase()}`),
        service('Finance Reports', `LAB\\${account}`),
      ]),
    ],
    bystanders: ['kiosk07'],
  };
}

/** A member server of the lab as it is before anyone has touched it. */
export function labHost(shortName: string, services: LabService[], changes: Partial<LabHost> = {}): LabHost {
  return {
    name: `${shortName}.${labDomain.dnsName}`,
    build: 26100,
    policy: { value: null, keyExists: false },
    eventLogEnabled: false,
    behindRodc: false,
    services,
    ...changes,
  };
}
