import type { HostSurroundings } from './host-facts.ts';

/**
 * Things in the domain that bear on the account. They are read with the facts and speak through findings alone: no
 * before-image has them, as no migration changes them.
 */
export interface Surroundings {
  /** Protected groups of which the account is a member, however deep, as `Domain Admins (S-1-5-21-…-512)`. */
  protectedGroups: string[];
  /** Other objects that have a service principal name of the account or of its dMSA. */
  spnHolders: SpnHolder[];
  /** Other answers of each host, by its name; absent for a host that was not asked. */
  hosts: Record<string, HostSurroundings>;
}

export interface SpnHolder {
  dn: string;
  /** The names that it shares, as it spells them. */
  names: string[];
}
