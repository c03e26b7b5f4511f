import { z } from 'zod';

/**
 * Inventory of one host and of everything that logs on there: the answer of `inspect-host`. Accounts are as the
 * host writes them (`CONTOSO\svc`, `svc@contoso.com`, `.\svc`, a SID); whose they are is decided by the worker. What
 * logs on as a built-in account (LocalSystem, NT AUTHORITY\…, NT SERVICE\…, IIS APPPOOL\…) is left out.
 *
 * Times are ISO 8601 in UTC. Lists are always lists, sorted by name; absent is null.
 */

export const time = z.iso.datetime({ offset: true });

export const policy = z.object({ value: z.int().nullable(), keyExists: z.boolean() });

export const serviceState = z.enum([
  'Stopped',
  'StartPending',
  'StopPending',
  'Running',
  'ContinuePending',
  'PausePending',
  'Paused',
  'Unknown',
]);

/** Events 105, 307, 308 and 309 of Microsoft-Windows-Security-Kerberos/Operational; `fields` as the event names them. */
export const kerberosEvent = z.object({
  id: z.int(),
  at: time,
  fields: z.record(z.string(), z.string()),
});

const service = z.object({
  name: z.string(),
  startName: z.string(),
  state: serviceState,
  /** Win32_Service.StartMode: Boot, System, Auto, Manual, Disabled. */
  startMode: z.string(),
  delayedStart: z.boolean(),
  startedAt: time.nullable(),
  /** Services that depend on it, and that it depends on; direct ones, by name. */
  dependents: z.array(z.string()),
  dependencies: z.array(z.string()),
  /** Actions of the service manager at the first, second and later failures. */
  recovery: z.array(z.enum(['none', 'restart', 'reboot', 'run'])),
  /** Name of the cluster resource that owns it; null where none does. */
  clusterResource: z.string().nullable(),
});

const task = z.object({
  /** With its folder: `\Finance\Nightly`. */
  path: z.string(),
  account: z.string(),
  /** Ready, Running, Disabled, Queued, Unknown. */
  state: z.string(),
});

const pool = z.object({ name: z.string(), account: z.string(), state: z.string() });

const comApplication = z.object({ name: z.string(), account: z.string() });

/** A logon session with processes that belong to no service, task or pool named above. */
const logonSession = z.object({
  account: z.string(),
  /** Win32_LogonSession.LogonType: 2 interactive, 3 network, 4 batch, 5 service, 8 network clear text, 10 remote. */
  logonType: z.int(),
  startedAt: time.nullable(),
  /** Names of its processes, each once. */
  processes: z.array(z.string()),
});

/** Parts of a host that an inspection may be unable to read; what is then said of them means nothing. */
export const inventoryParts = [
  'group-policy',
  'logon-right',
  'cluster',
  'tasks',
  'pools',
  'com-applications',
  'sessions',
  'recovery',
] as const;

export const inventory = z.object({
  computerName: z.string(),
  /** DNS name of its domain; null for a workgroup. */
  domain: z.string().nullable(),
  build: z.int(),
  /** Win32_OperatingSystem.Caption. */
  edition: z.string(),
  isDomainController: z.boolean(),
  /** The host's own clock when it answered. */
  clock: time,
  bootTime: time,
  rebootPending: z.boolean(),
  policy,
  /** The group policy object that delivers the value, and what it delivers; null where none does. */
  policyFrom: z.object({ gpo: z.string(), value: z.int().nullable() }).nullable(),
  eventLogEnabled: z.boolean(),
  eventLog: z.object({
    /** Octets it may grow to. */
    maximumSize: z.int(),
    /** Its oldest record of any kind; null for an empty log. */
    oldestAt: time.nullable(),
  }),
  /** Whom SeServiceLogonRight names: SIDs, or names where Windows has no SID for them. */
  serviceLogonRight: z.array(z.string()),
  services: z.array(service),
  tasks: z.array(task),
  pools: z.array(pool),
  comApplications: z.array(comApplication),
  sessions: z.array(logonSession),
  events: z.array(kerberosEvent),
  /** Parts that could not be read, and why. */
  unread: z.array(z.object({ part: z.enum(inventoryParts), why: z.string() })),
});

export type Inventory = z.output<typeof inventory>;
