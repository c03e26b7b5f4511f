import type { PolicyValue, ServiceState } from '../src/domain/facts/host-facts.ts';
import type { LabAccount, LabDmsa, LabGroup } from './objects.ts';

export type { LabAccount, LabDmsa, LabGroup } from './objects.ts';

/** What is in the lab's domain when it starts. Scenarios change a copy of it, before and while it runs. */
export interface Topology {
  account: LabAccount;
  /** Common name of the dMSA that migrations create. */
  dmsa: string;
  /**
   * A dMSA that is there already, in this state; linked where `linkedBySomeone`. `principals` may retrieve its
   * password: hosts, bystanders and groups by name, or SIDs.
   */
  presentDmsa: { state: number; linkedBySomeone: boolean; principals?: string[] } | null;
  hosts: LabHost[];
  /** Computers that run no service of the account. */
  bystanders: string[];
  /** Sites besides Default-First-Site-Name. */
  sites?: string[];
  /** The domain controllers, of which the first is dc1. One writable Windows Server 2025 DC where absent. */
  controllers?: LabController[];
  /** A domain below the lab's, in the same forest. */
  child?: LabChild;
  /** When KDS root keys are effective, in hours from now; `[-24]` where absent. */
  rootKeys?: number[];
  /** How many more computers there are, `PC00001` and so on. */
  computers?: number;
  groups?: LabGroup[];
  /** Accounts besides the one that is migrated. */
  accounts?: LabAccount[];
  /** dMSAs that are there besides, in whatever condition. */
  dmsas?: LabDmsa[];
  /** Names that the schema lacks, as before Windows Server 2025: the dMSA class and its attributes. */
  lacking?: string[];
}

export interface LabController {
  /** DNS name. */
  name: string;
  site: string;
  /** An RODC. */
  readOnly: boolean;
  build: number;
  operatingSystem: string;
  /** Whether it answers over LDAPS, with a replica of its own; the others are written down in the directory only. */
  served: boolean;
}

export interface LabChild {
  /** Its first label, and in capitals its NetBIOS name: `emea` for emea.lab.example. */
  name: string;
  account: LabAccount;
  /** Simulated as those of the domain above are; by DNS name. */
  hosts: LabHost[];
  computers?: number;
}

export interface LabHost {
  /** DNS name. */
  name: string;
  build: number;
  policy: PolicyValue;
  eventLogEnabled: boolean;
  behindRodc: boolean;
  services: LabService[];
  // What is absent is not there, or does not happen.
  /** The group policy object that delivers the policy value, and what it delivers. */
  policyFrom?: { gpo: string; value: number | null };
  pools?: LabPool[];
  /** How far its clock is ahead of the domain controller's, in milliseconds. */
  clockAheadMs?: number;
  /** How many of the next attempts at its health checks fail. */
  failingChecks?: number;
  /** How long it cannot be reached when it restarts, in milliseconds; 0 where absent. */
  rebootMs?: number;
  /** Told to restart, it does not come back. */
  staysDown?: boolean;
}

export interface LabPool {
  name: string;
  /** As an administrator would have written it. */
  account: string;
  state: 'Started' | 'Stopped';
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
  /** Services of the host that it depends on, by name. */
  dependencies?: string[];
  /** Name of the cluster resource that owns it. */
  clusterResource?: string;
}

/** The names of one domain of the lab's forest. */
export interface LabDomain {
  dnsName: string;
  netbiosName: string;
  baseDn: string;
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
    accounts: ['alice', 'bob', 'carol', 'dave'].map(labPerson),
  };
}

/** Somebody who asks or decides. */
function labPerson(name: string): LabAccount {
  return { name, servicePrincipalNames: [], allowedToDelegateTo: [], trustedToAuthForDelegation: false };
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

const systems: Record<number, string> = {
  14393: 'Windows Server 2016 Standard',
  17763: 'Windows Server 2019 Standard',
  20348: 'Windows Server 2022 Standard',
  26100: 'Windows Server 2025 Standard',
};

/** A writable Windows Server 2025 DC in the first site, that is only written down; unless told otherwise. */
export function labController(shortName: string, changes: Partial<LabController> = {}): LabController {
  const build = changes.build ?? 26100;
  return {
    name: `${shortName}.${labDomain.dnsName}`,
    site: 'Default-First-Site-Name',
    readOnly: false,
    build,
    operatingSystem: systems[build] ?? 'Windows Server',
    served: false,
    ...changes,
  };
}

/** Two DCs that answer, dc1 and dc2, each with a replica of its own. */
export function twoControllers(): LabController[] {
  return [labController('dc1', { served: true }), labController('dc2', { served: true })];
}

export function childDomain({ name }: Pick<LabChild, 'name'>): LabDomain {
  const dnsName = `${name}.${labDomain.dnsName}`;
  return { dnsName, netbiosName: name.toUpperCase(), baseDn: `DC=${name},${labDomain.baseDn}` };
}

/** DNS name of the child's only DC. A forest's servers have names of their own also across domains. */
export function childControllerName(child: Pick<LabChild, 'name'>): string {
  return `${child.name}-dc1.${childDomain(child).dnsName}`;
}
