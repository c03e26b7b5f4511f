import { isLogonOf, type LogonIdentity } from '../domain/plan/identity.ts';
import type { Inventory } from '../powershell/wire/inventory.ts';

/** Uses of the account on one host; sessions are those with processes that belong to none of the others. */
export type HostUses = Pick<Inventory, 'services' | 'tasks' | 'pools' | 'comApplications' | 'sessions'>;

export const noUses: HostUses = { services: [], tasks: [], pools: [], comApplications: [], sessions: [] };

/** The part of an inventory that is the account's; lists stay sorted by name. */
export function usesOf(inventory: Inventory, account: LogonIdentity): HostUses {
  const { services, tasks, pools, comApplications, sessions } = inventory;
  const isOurs = isLogonOn(inventory, account);
  const ours = (each: { account: string }) => isOurs(each.account);
  return {
    services: services.filter(({ startName }) => isOurs(startName)),
    tasks: tasks.filter(ours),
    pools: pools.filter(ours),
    comApplications: comApplications.filter(ours),
    sessions: sessions.filter(ours),
  };
}

/** Tells names of the account, as a host writes them, from others. */
export function isLogonOn(
  { computerName }: Pick<Inventory, 'computerName'>,
  { names, domain, sid }: LogonIdentity,
): (written: string) => boolean {
  return (written) => written === sid || isLogonOf(names, written, domain, computerName);
}

export function isUsed(uses: HostUses): boolean {
  return isPlanned(uses) || uses.sessions.length > 0;
}

/**
 * True if the host belongs into a plan: it needs the policy, and has to join, for whatever is set up there to log on
 * as the account. Processes alone are somebody's doing of today; nothing would start them again.
 */
export function isPlanned({ services, tasks, pools, comApplications }: HostUses): boolean {
  return services.length + tasks.length + pools.length + comApplications.length > 0;
}
