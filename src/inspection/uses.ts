import { isLogonOf, type LogonIdentity } from '../domain/plan/identity.ts';
import type { Inventory } from '../powershell/wire/inventory.ts';

/** What on one host logs on as the account; sessions are those with processes that belong to none of the others. */
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

/** Whether what a host writes is a name of the account there. */
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
 * Whether the host belongs into a plan: it has to have the policy, and to join, for whatever is set up there to log on
 * as the account. Processes alone are somebody's doing of today; nothing would start them again.
 */
export function isPlanned({ services, tasks, pools, comApplications }: HostUses): boolean {
  return services.length + tasks.length + pools.length + comApplications.length > 0;
}
