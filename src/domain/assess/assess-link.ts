import type { AccountFacts } from '../facts/facts.ts';
import { type Finding, finding } from '../findings/findings.ts';
import { MigrationState } from '../states.ts';
import type { Assessed } from './assessed.ts';

/** Finds wrong links: those of the two objects, and those of others that point at one of them. */
export function assessLinks(input: Assessed): Finding[] {
  const { account } = input.facts;
  const own =
    account === null ? [] : input.expect === 'unlinked' ? unwanted(account) : ofPair(account, input);
  return [...own, ...claims(input)];
}

/** Before Start the account must point at nothing; a completed migration is told elsewhere. */
function unwanted({ dn, state, supersededBy }: AccountFacts): Finding[] {
  if (state === MigrationState.Completed) return [];
  if (supersededBy !== null) {
    return [finding('LINK_FOREIGN', dn, `msDS-SupersededManagedAccountLink is ${supersededBy}`)];
  }
  if (state === MigrationState.Unlinked) return [];
  return [finding('LINK_FOREIGN', dn, `msDS-SupersededServiceAccountState is ${state}`)];
}

/** Both links must point at each other: a one-sided one is refused by the KDC [research]. */
function ofPair(account: AccountFacts, { facts: { dmsa }, sameDn, expect }: Assessed): Finding[] {
  const forward = dmsa !== null && sameDn(account.supersededBy, dmsa.dn);
  const backward = dmsa !== null && sameDn(dmsa.precededBy, account.dn);
  const seen = `account \u2192 ${account.supersededBy ?? 'nothing'}, dMSA \u2192 ${dmsa?.precededBy ?? 'nothing'}`;
  if (!forward || !backward) {
    return [finding(forward || backward ? 'LINK_ONE_SIDED' : 'LINK_FOREIGN', account.dn, seen)];
  }
  // A completed account is told as such.
  if (account.state === dmsa.state && (expect === 'linked' || account.state === MigrationState.Completed))
    return [];
  if (expect === 'linked' && account.state === MigrationState.Completed) return [];
  const states = `the account is in state ${account.state}, the dMSA in state ${dmsa.state}`;
  return [finding('STATES_DIFFER', account.dn, states)];
}

/**
 * A third object that points at one of the two, by the back links: a dMSA that points at the account without being
 * pointed at is what a forged one looks like [research]. A link that is mutual has been told above, at its end.
 */
function claims({ facts: { account, dmsa }, sameDn }: Assessed): Finding[] {
  const oneSided = (claimants: string[], target: string, attribute: string, own: (string | null)[]) =>
    claimants
      .filter((claimant) => !own.some((dn) => sameDn(claimant, dn)))
      .map((claimant) =>
        finding('LINK_ONE_SIDED', claimant, `its ${attribute} is ${target}, which does not point back`),
      );
  return [
    ...(account
      ? oneSided(account.claimedBy, account.dn, 'msDS-ManagedAccountPrecededByLink', [
          account.supersededBy,
          dmsa?.dn ?? null,
        ])
      : []),
    ...(dmsa
      ? oneSided(dmsa.claimedBy, dmsa.dn, 'msDS-SupersededManagedAccountLink', [
          dmsa.precededBy,
          account?.dn ?? null,
        ])
      : []),
  ];
}
