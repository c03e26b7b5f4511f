import type { ErrorCode } from '../errors/errors.ts';
import type { Verdict } from './verdict.ts';

/** Facts of one host that a migration keeps and compares: gates are voted on them. */
export interface HostFacts {
  name: string;
  /** Reason why the host could not be asked; everything below is then unknown. */
  unreachable: { code: ErrorCode; message: string } | null;
  build: number | null;
  isDomainController: boolean | null;
  rebootPending: boolean | null;
  policy: PolicyValue | null;
  /** The group policy object that delivers the policy value, and the value; null where none does. */
  policyFrom: { gpo: string; value: number | null } | null;
  eventLogEnabled: boolean | null;
  /** Services that log on as the superseded account, by name. */
  services: ServiceFacts[];
  /** IIS application pools whose identity is the account, by name. */
  pools: string[];
  /** Verdict on "Log on as a service", given to the account by its own SID. */
  logonRight: Verdict;
}

/** Other answers of a host, which speak through findings alone. */
export interface HostSurroundings {
  /** Milliseconds by which the host's clock is ahead of the domain controller's; null where nobody can tell. */
  clockAheadMs: number | null;
  /** ISO 8601. */
  bootTime: string;
  /** DNS name of its domain; null for a workgroup. */
  domain: string | null;
  /** Scheduled tasks and COM+ applications of the account: they join at their next logon. */
  joinsLater: string[];
  /** Processes of the account that belong to no service, task or pool. */
  otherProcesses: string[];
  /** Parts of the host that could not be read, and why. */
  unread: string[];
}

/** `DelegatedMSAEnabled` under `…\Policies\System\Kerberos\Parameters`. */
export interface PolicyValue {
  /** The DWORD, or null where the value is absent. */
  value: number | null;
  /** True if the `Parameters` key exists: a key this system created is removed again. */
  keyExists: boolean;
}

export interface ServiceFacts {
  name: string;
  startName: string;
  state: ServiceState;
  startMode: string;
  /** Name of the cluster resource that owns it: it is never restarted here. Null where none does. */
  clusterResource: string | null;
}

export type ServiceState =
  | 'Stopped'
  | 'StartPending'
  | 'StopPending'
  | 'Running'
  | 'ContinuePending'
  | 'PausePending'
  | 'Paused'
  | 'Unknown';
