import { type Directory, fromOneDc, serverToKeep } from '../../src/directory/directory.ts';
import { sameDn } from '../../src/directory/dn.ts';
import { capable, readControllers } from '../../src/directory/read/read-controllers.ts';
import { type FoundPair, readPair } from '../../src/directory/read/read-pair.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { AccountFacts, DmsaFacts } from '../../src/domain/facts/facts.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import type { MigrationState } from '../../src/domain/states.ts';
import { type ActivityDeps, readNow } from '../deps.ts';

/** The two objects of a migration, read together; what a cmdlet says counts for nothing until both agree. */
export interface PresentPair {
  account: AccountFacts;
  dmsa: DmsaFacts | null;
}

/** A pair, and the DC that is to be kept for what comes next: the one that was read where cmdlets can go to it. */
export interface PairRead extends PresentPair {
  /** DNS name. */
  server: string;
  /** DNS name of the DC that was read, lower case. */
  dc: string;
}

/** One connection, two searches: how each step finds out where things stand. */
export function pairNow(deps: ActivityDeps, target: Target): Promise<PairRead> {
  return readNow(deps, target, (directory) => pairFrom(directory, target));
}

/** Two searches. Throws NOT_FOUND where the account is gone. */
export async function pairFrom(directory: Directory, target: Target): Promise<PairRead> {
  return await fromOneDc(directory, async () => {
    const pair = present(await readPair(directory, target), target);
    return { ...pair, ...(await serverOf(directory, target)) };
  });
}

/** The DC that is read, and the one to be kept; the domain is only read where another one has answered. */
export async function serverOf(
  directory: Directory,
  { domain }: Pick<Target, 'domain'>,
): Promise<Pick<PairRead, 'dc' | 'server'>> {
  const { dc } = directory.rootDse();
  if (dc === domain.server.toLowerCase()) return { dc, server: domain.server };
  const capableDcs = capable(await readControllers(directory));
  return { dc, server: serverToKeep(dc, capableDcs, domain.server) };
}

/** The target with the cmdlets, and the reads that follow, going to `server`. */
export function keeping(target: Target, server: string): Target {
  return { ...target, domain: { ...target.domain, server } };
}

function present({ account, dmsa }: FoundPair, target: Target): PresentPair {
  if (account) return { account, dmsa };
  throw new DmsaError('NOT_FOUND', target.account.dn, 'the superseded account is gone from the directory');
}

/** Both links point at each other: one alone is refused by the KDC since the August 2025 update [research]. */
function isLinked({ account, dmsa }: PresentPair): boolean {
  return dmsa !== null && sameDn(account.supersededBy, dmsa.dn) && sameDn(dmsa.precededBy, account.dn);
}

export function isUnlinked({ account, dmsa }: PresentPair): boolean {
  return (
    account.supersededBy === null &&
    (dmsa?.precededBy ?? null) === null &&
    account.state === 0 &&
    (dmsa?.state ?? 0) === 0
  );
}

/** True if both objects are in `state`, linked to each other. */
export function isIn(pair: PresentPair, state: MigrationState): boolean {
  return isLinked(pair) && pair.account.state === state && pair.dmsa?.state === state;
}
