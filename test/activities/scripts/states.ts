/** What the stub modules are about: `stubs/host` and `stubs/directory` read and write these as JSON. */
export interface HostState {
  name: string;
  /** Null: it is in a workgroup. */
  domain: string | null;
  edition: string;
  build: number;
  domainRole: number;
  bootTime: string;
  /** Null: there is no such log. */
  eventLogEnabled: boolean | null;
  services: StubService[];
  pools: StubPool[];
  tasks: { folder: string; name: string; userId: string | null; state: string }[];
  comApplications: { name: string; identity: string }[];
  sessions: { id: string; account: string; type: number; startedAt: string; processIds: number[] }[];
  /** Those that are of no service and no pool. */
  processes: { id: number; parent: number; name: string; startedAt: string }[];
  /** Whom SeServiceLogonRight names, as secedit.exe writes them. */
  serviceLogonRight: string[];
  groupPolicies: StubGroupPolicy[];
  clusterResources: { name: string; type: string; privateProperties: Record<string, unknown> | null }[];
  /** How shutdown.exe ends, and what it says then. */
  shutdown: { code: number; text: string };
  events: StubEvent[];
  errors: Record<string, AskedError>;
  calls: string[];
}

export interface StubService {
  name: string;
  startName: string | null;
  state: string;
  startMode: string;
  processId: number;
  startedAt: string | null;
  exitCode: number;
  dependsOn: string[];
  /** Windows errors with which the next attempts are refused, one each. */
  refusesStart: number[];
  refusesStop: number[];
  /** How many looks it stays StopPending. */
  looks: number;
  /** The state that Start brings it to. */
  startsAs: string;
}

export interface StubPool {
  name: string;
  state: string;
  workers: { processId: number; startedAt: string }[];
  /** The state that a recycling brings it to. */
  becomes?: string;
}

/** RSOP_RegistryPolicySetting with its RSOP_GPO. */
export interface StubGroupPolicy {
  /** Null: there is no RSOP_GPO of it. */
  gpo: string | null;
  gpoId: string;
  registryKey: string;
  valueName: string;
  valueType: number;
  value: number[];
  deleted: boolean;
  precedence: number;
}

export interface StubEvent {
  log: string;
  id: number;
  at: string;
  message: string;
  xml: string;
}

export interface AskedError {
  id: string;
  category: string;
  message: string;
  native?: number;
}

export interface DirectoryState {
  accounts: StubAccount[];
  users: { sam: string; foundBy: string; principalName: string }[];
  errors: Record<string, AskedError>;
  calls: Record<string, unknown>[];
}

export interface StubAccount {
  dn: string;
  name: string;
  sam: string;
  guid: string;
  sid: string;
  class: string;
  description: string | null;
  principals: string[];
  state: number;
}

export function hostState(changes: Partial<HostState> = {}): HostState {
  return {
    name: 'WEB01',
    domain: 'contoso.com',
    edition: 'Microsoft Windows Server 2025 Standard',
    build: 26100,
    domainRole: 3,
    bootTime: '2026-01-01T06:00:00Z',
    eventLogEnabled: false,
    services: [],
    pools: [],
    tasks: [],
    comApplications: [],
    sessions: [],
    processes: [],
    serviceLogonRight: [],
    groupPolicies: [],
    clusterResources: [],
    shutdown: { code: 0, text: '' },
    events: [],
    errors: {},
    calls: [],
    ...changes,
  };
}

export function service(name: string, changes: Partial<StubService> = {}): StubService {
  return {
    name,
    startName: 'CONTOSO\\svc-billing',
    state: 'Running',
    startMode: 'Auto',
    processId: 4000 + name.length,
    startedAt: '2026-01-01T06:01:00.000Z',
    exitCode: 0,
    dependsOn: [],
    refusesStart: [],
    refusesStop: [],
    looks: 0,
    startsAs: 'Running',
    ...changes,
  };
}

export const stopped = { state: 'Stopped', processId: 0, startedAt: null };

export function directoryState(changes: Partial<DirectoryState> = {}): DirectoryState {
  return { accounts: [], users: [], errors: {}, calls: [], ...changes };
}

export const dmsaDn = 'CN=dmsa-billing,CN=Managed Service Accounts,DC=contoso,DC=com';
export const accountDn = 'CN=Billing\\, old,OU=Services,DC=contoso,DC=com';

export function dmsa(changes: Partial<StubAccount> = {}): StubAccount {
  return {
    dn: dmsaDn,
    name: 'dmsa-billing',
    sam: 'dmsa-billing$',
    guid: '00000000-0000-4000-8000-000000000001',
    sid: 'S-1-5-21-1-2-3-2000',
    class: 'msDS-DelegatedManagedServiceAccount',
    description: 'dmsa migration 42',
    principals: [],
    state: 0,
    ...changes,
  };
}

export function computer(name: string, rid: number): StubAccount {
  return dmsa({
    dn: `CN=${name},CN=Computers,DC=contoso,DC=com`,
    name,
    sam: `${name}$`,
    guid: `00000000-0000-4000-8000-00000000${rid}`,
    sid: `S-1-5-21-1-2-3-${rid}`,
    class: 'computer',
    description: null,
  });
}
