import type { Inventory } from '../powershell/wire/inventory.ts';

/** What on one host logs on as the account; lists are sorted by name, as the inventory has them. */
export interface Uses {
  services: Inventory['services'];
  tasks: Inventory['tasks'];
  pools: Inventory['pools'];
  comApplications: Inventory['comApplications'];
  /** Logon sessions with processes that belong to none of the above. */
  sessions: Inventory['sessions'];
}

export const noUses: Uses = { services: [], tasks: [], pools: [], comApplications: [], sessions: [] };

/** The part of an inventory that is the account's; `isOurs` knows its names in every form. */
export function usesOf(inventory: Inventory, isOurs: (written: string) => boolean): Uses {
  const { services, tasks, pools, comApplications, sessions } = inventory;
  const ours = ({ account }: { account: string }) => isOurs(account);
  return {
    services: services.filter(({ startName }) => isOurs(startName)),
    tasks: tasks.filter(ours),
    pools: pools.filter(ours),
    comApplications: comApplications.filter(ours),
    sessions: sessions.filter(ours),
  };
}

export function isUsed(uses: Uses): boolean {
  return isPlanned(uses) || uses.sessions.length > 0;
}

/**
 * Whether the host belongs into a plan: it has to have the policy, and to join, for whatever is set up there to log on
 * as the account. Processes alone are somebody's doing of today; nothing would start them again.
 */
export function isPlanned({ services, tasks, pools, comApplications }: Uses): boolean {
  return services.length + tasks.length + pools.length + comApplications.length > 0;
}
