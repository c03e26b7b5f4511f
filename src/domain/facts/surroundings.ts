/**
 * What else in the domain bears on the account. It is read with the facts and speaks through findings alone: no
 * before-image has it, as no migration changes it.
 */
export interface Surroundings {
  /** Protected groups of which the account is a member, however deep, as `Domain Admins (S-1-5-21-…-512)`. */
  protectedGroups: string[];
  /** Other objects that have a service principal name of the account or of its dMSA. */
  spnHolders: SpnHolder[];
  /** What else each host said, by its name; absent for a host that was not asked. */
  hosts: Record<string, HostSurroundings>;
}

export interface HostSurroundings {
  /** How far the host's clock is ahead of the domain controller's, in milliseconds; null where nobody can tell. */
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

export interface SpnHolder {
  dn: string;
  /** The names that it shares, as it spells them. */
  names: string[];
}

export const nothingAround: Surroundings = { protectedGroups: [], spnHolders: [], hosts: {} };
