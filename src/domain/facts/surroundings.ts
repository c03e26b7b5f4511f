import type { HostSurroundings } from './host-facts.ts';

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

export interface SpnHolder {
  dn: string;
  /** The names that it shares, as it spells them. */
  names: string[];
}
