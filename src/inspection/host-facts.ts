import type { DirectoryClock } from '../directory/directory.ts';
import type { HostFacts, HostSurroundings } from '../domain/facts/host-facts.ts';
import type { Verdict } from '../domain/facts/verdict.ts';
import type { LogonIdentity } from '../domain/plan/identity.ts';
import type { Inventory } from '../powershell/wire/inventory.ts';
import { isLogonOn, usesOf } from './uses.ts';

/** Facts of one host, as far as its inventory is about the account. */
export function hostFacts(name: string, inventory: Inventory, account: LogonIdentity): HostFacts {
  const { build, isDomainController, rebootPending, policy, policyFrom, eventLogEnabled } = inventory;
  const { services, pools } = usesOf(inventory, account);
  return {
    ...{ name, unreachable: null, build, isDomainController, rebootPending },
    ...{ policy, policyFrom, eventLogEnabled },
    services: services
      .map(({ name, startName, state, startMode, clusterResource }) => {
        return { name, startName, state, startMode, clusterResource };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    pools: pools.map((pool) => pool.name).sort(),
    logonRight: logonRightOf(inventory, account),
  };
}

/**
 * Milliseconds by which a host's clock is ahead of the domain controller's, as far as a time in whole seconds tells;
 * null where the controller does not say. `answeredAt` is the middle of the host's session by the same clock as
 * `readAt`.
 */
export function clockAhead(
  { clock: told }: Pick<Inventory, 'clock'>,
  answeredAt: number,
  clock: DirectoryClock | null,
): number | null {
  if (!clock) return null;
  return Math.round(Date.parse(told) - (clock.time + answeredAt - clock.readAt));
}

/** Reads what else an inventory says, for findings alone. `clockAheadMs` is null where nobody can tell. */
export function hostSurroundings(
  inventory: Inventory,
  account: LogonIdentity,
  clockAheadMs: number | null,
): HostSurroundings {
  const { bootTime, domain, unread } = inventory;
  const { tasks, comApplications, sessions } = usesOf(inventory, account);
  return {
    ...{ clockAheadMs, bootTime, domain },
    joinsLater: [
      ...tasks.map(({ path }) => `task ${path}`),
      ...comApplications.map(({ name }) => `COM+ ${name}`),
    ],
    otherProcesses: [...new Set(sessions.flatMap(({ processes }) => processes))],
    unread: unread.map(({ part, why }) => `${part}: ${why}`),
  };
}

/** Judges if the account itself has "Log on as a service": a group that has it counts for nothing here. */
function logonRightOf(inventory: Inventory, account: LogonIdentity): Verdict {
  const { serviceLogonRight, unread } = inventory;
  if (unread.some(({ part }) => part === 'logon-right')) return 'unknown';
  const isNamed = serviceLogonRight.some(
    (each) => each === account.sid || (!/^S-1-/i.test(each) && isLogonOn(inventory, account)(each)),
  );
  return isNamed ? 'yes' : 'no';
}
