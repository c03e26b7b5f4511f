import { sameDn } from '../../src/directory/dn.ts';
import { type Entry, integer, text, type Value, values } from '../../src/directory/entry.ts';
import { attribute, uac } from '../../src/directory/schema.ts';
import { MigrationState, type Phase, phases } from '../../src/domain/states.ts';
import { OperationFailure } from '../ssh/operation-failure.ts';
import type { DomainController } from './domain-controller.ts';
import { grant, takeBack } from './grants.ts';

/** What the DC does for the migration cmdlets; each rule with its source in dmsa-domain's tables. */

export interface PhaseRequest {
  dmsa: string;
  account: string;
  /** DOMAIN\name, as event 3085 reports it. */
  requestedBy: string;
}

/** Start: both states 1, both links, two grants to the superseded account [overview]. */
export function startMigration(dc: DomainController, request: PhaseRequest): Promise<void> {
  return migrate(dc, request, 'START-MIGRATION', async ({ account, dmsa }) => {
    requireStates({ account, dmsa }, phases.link);
    if (text(account, attribute.supersededBy) || text(dmsa, attribute.precededBy))
      throw unableToProceed(dmsa.dn);
    await grant(dc.store, account, dmsa);
    await setStates(dc, { account, dmsa }, MigrationState.Started, {
      account: [dmsa.dn],
      dmsa: [account.dn],
    });
  });
}

/** Complete: both states 2, grants back, SPNs moved, delegation copied, the account disabled [overview]. */
export function completeMigration(dc: DomainController, request: PhaseRequest): Promise<void> {
  return migrate(dc, request, 'COMPLETE-MIGRATION', async ({ account, dmsa }) => {
    requireStates({ account, dmsa }, phases.complete);
    requireLinked({ account, dmsa });
    dc.completed.set(dmsa.dn.toLowerCase(), { account, dmsa });
    await takeBack(dc.store, account, dmsa);
    const control = integer(account, 'userAccountControl') ?? uac.normalAccount;
    const spns = values(account, attribute.servicePrincipalName);
    // SPNs are unique in a forest (MS-ADTS 3.1.1.5.1.3): they leave one object before they come to the other.
    await dc.store.replace(account.dn, {
      [attribute.servicePrincipalName]: [],
      userAccountControl: [String(control | uac.accountDisabled)],
    });
    const dmsaControl = integer(dmsa, 'userAccountControl') ?? uac.workstationTrustAccount;
    await dc.store.replace(dmsa.dn, {
      ...copied(account),
      [attribute.servicePrincipalName]: [...values(dmsa, attribute.servicePrincipalName), ...spns],
      userAccountControl: [String(dmsaControl | (control & uac.trustedToAuthForDelegation))],
    });
    await setStates(dc, { account, dmsa }, MigrationState.Completed);
  });
}

/** Undo goes one phase back only: from 2 to 1, from 1 to 0 [cmdlet]. */
export function undoMigration(dc: DomainController, request: PhaseRequest): Promise<void> {
  return migrate(dc, request, 'UNDO-MIGRATION', async ({ account, dmsa }) => {
    requireLinked({ account, dmsa });
    const state = integer(dmsa, attribute.dmsaState);
    if (state === MigrationState.Completed) await undoComplete(dc, { account, dmsa });
    else if (state === MigrationState.Started) {
      await takeBack(dc.store, account, dmsa);
      await setStates(dc, { account, dmsa }, MigrationState.Unlinked, { account: [], dmsa: [] });
    } else throw unableToProceed(dmsa.dn);
  });
}

interface Pair {
  account: Entry;
  dmsa: Entry;
}

const delegation = [
  attribute.allowedToDelegateTo,
  attribute.actOnBehalfOf,
  attribute.authenticationPolicy,
  attribute.authenticationSilo,
];

async function undoComplete(dc: DomainController, { account, dmsa }: Pair): Promise<void> {
  const before = dc.completed.get(dmsa.dn.toLowerCase());
  if (!before) throw unableToProceed(dmsa.dn);
  await giveBack(dc, dmsa, before.dmsa);
  await giveBack(dc, account, before.account);
  await setStates(dc, { account, dmsa }, MigrationState.Started);
  await grant(dc.store, account, await dc.required(dmsa.dn));
  dc.completed.delete(dmsa.dn.toLowerCase());
}

/** What differs of what Complete may have changed, as it was before. */
async function giveBack(dc: DomainController, now: Entry, before: Entry): Promise<void> {
  const shown = (entry: Entry, name: string) => values(entry, name).map(String).sort().join();
  const names = [...delegation, attribute.servicePrincipalName, 'userAccountControl'];
  const changed = names.filter((name) => shown(now, name) !== shown(before, name));
  // A modify of nothing is refused.
  if (changed.length === 0) return;
  await dc.store.replace(now.dn, Object.fromEntries(changed.map((name) => [name, values(before, name)])));
}

/** Delegation that the account has; what it lacks leaves the dMSA's own alone. */
function copied(account: Entry): Record<string, Value[]> {
  const present = delegation.filter((name) => values(account, name).length > 0);
  return Object.fromEntries(present.map((name) => [name, values(account, name)]));
}

async function setStates(
  dc: DomainController,
  { account, dmsa }: Pair,
  state: MigrationState,
  links?: { account: string[]; dmsa: string[] },
): Promise<void> {
  await dc.store.replace(dmsa.dn, {
    [attribute.dmsaState]: [String(state)],
    ...(links && { [attribute.precededBy]: links.dmsa }),
  });
  await dc.store.replace(account.dn, {
    [attribute.accountState]: [String(state)],
    ...(links && { [attribute.supersededBy]: links.account }),
  });
}

/** Runs a phase on the pair and logs event 3085, with its error where it fails [field]. */
async function migrate(
  dc: DomainController,
  { dmsa, account, requestedBy }: PhaseRequest,
  operation: string,
  phase: (pair: Pair) => Promise<void>,
): Promise<void> {
  await dc.serially(async () => {
    const log = (errorCode: string) => dc.log({ id: 3085, operation, requestedBy, errorCode, account, dmsa });
    try {
      await phase({ account: await dc.required(account), dmsa: await dc.required(dmsa) });
      log('0');
    } catch (error) {
      log('5');
      throw error;
    }
  });
}

/** Both objects have the same state; the account's is absent until its first migration [schema]. */
function requireStates({ account, dmsa }: Pair, { from }: (typeof phases)[Phase]): void {
  const state = integer(account, attribute.accountState) ?? MigrationState.Unlinked;
  if (integer(dmsa, attribute.dmsaState) !== from || state !== from) throw unableToProceed(dmsa.dn);
}

function requireLinked({ account, dmsa }: Pair): void {
  const both =
    sameDn(text(account, attribute.supersededBy), dmsa.dn) &&
    sameDn(text(dmsa, attribute.precededBy), account.dn);
  if (!both) throw unableToProceed(dmsa.dn);
}

/** How the DC words every refusal of a migration step [field]. */
function unableToProceed(target: string): OperationFailure {
  const message = '00002035: SvcErr: DSID-031B0C8A, problem 5005 (UNABLE_TO_PROCEED), data 5';
  return new OperationFailure('UNABLE_TO_PROCEED', 'InvalidOperation', message, target);
}
