import { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { createDmsa } from '../../../lab/rules/dmsa.ts';
import { DomainController } from '../../../lab/rules/domain-controller.ts';
import { completeMigration, type PhaseRequest, startMigration } from '../../../lab/rules/phases.ts';
import { seed } from '../../../lab/seed.ts';
import { OperationFailure } from '../../../lab/ssh/operation-failure.ts';
import { defaultTopology, type Topology } from '../../../lab/topology.ts';
import { type Entry, octets, text } from '../../../src/directory/entry.ts';
import { attribute } from '../../../src/directory/schema.ts';
import type { Ace } from '../../../src/directory/security/ace.ts';
import { decodeSecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';

export const managed = 'CN=Managed Service Accounts,DC=lab,DC=example';
export const dmsaDn = `CN=dmsa-finance,${managed}`;
export const accountDn = 'CN=svc-finance,CN=Users,DC=lab,DC=example';
export const someone = 'LAB\\dmsa-worker';
export const pair: PhaseRequest = { dmsa: dmsaDn, account: accountDn, requestedBy: someone };

/** The lab's domain on a directory in memory, with a clock that a test can set. */
export interface TestDomain {
  dc: DomainController;
  store: MemoryStore;
  clock: { now: Date };
  /** By DNS name. */
  sids: Map<string, string>;
  account(): Promise<Entry>;
  dmsa(): Promise<Entry>;
}

export async function newDomain(topology: Topology = defaultTopology({ restartMs: 0 })): Promise<TestDomain> {
  const clock = { now: new Date('2025-06-01T08:00:00.000Z') };
  const store = new MemoryStore({
    baseDn: 'DC=lab,DC=example',
    netbiosName: 'LAB',
    domainSid: 'S-1-5-21-1000-2000-3000',
    dnsHostName: 'dc1.lab.example',
    now: () => clock.now,
  });
  const dc = new DomainController(store, () => clock.now);
  const { computerSids } = await seed(dc, topology);
  return {
    dc,
    store,
    clock,
    sids: computerSids,
    account: () => dc.required(accountDn),
    dmsa: () => dc.required(dmsaDn),
  };
}

/** With a dMSA that is ready to be linked. */
export async function domainWithDmsa(state = 0): Promise<TestDomain> {
  const domain = await newDomain();
  const request = { name: 'dmsa-finance', dnsHostName: 'dmsa-finance.lab.example', container: managed };
  await createDmsa(domain.dc, { ...request, description: 'mine', state });
  return domain;
}

export async function linkedDomain(): Promise<TestDomain> {
  const domain = await domainWithDmsa();
  await startMigration(domain.dc, pair);
  return domain;
}

/** Why it was refused, as the script would report it. */
export async function refusalOf(operation: Promise<unknown>): Promise<OperationFailure> {
  const failure = await operation.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof OperationFailure) return failure;
  throw failure ?? new Error('it was not refused');
}

export const unableToProceed = {
  code: 'UNABLE_TO_PROCEED',
  category: 'InvalidOperation',
  message: '00002035: SvcErr: DSID-031B0C8A, problem 5005 (UNABLE_TO_PROCEED), data 5',
};

export function aces(entry: Entry, name = 'nTSecurityDescriptor'): Ace[] {
  return decodeSecurityDescriptor(octets(entry, name)!).dacl!.aces;
}

/** The attributes of an entry but those that the DC itself changes with each write. */
export function kept({ attributes }: Entry): Record<string, unknown> {
  const { whenChanged, uSNChanged, ...rest } = attributes;
  return rest;
}

export const states = { dmsa: attribute.dmsaState, account: attribute.accountState };

export async function completedDomain(): Promise<TestDomain> {
  const domain = await linkedDomain();
  await completeMigration(domain.dc, pair);
  return domain;
}

/** Both entries without what the DC changes with each write. */
export async function both({ account, dmsa }: TestDomain) {
  return { account: kept(await account()), dmsa: kept(await dmsa()) };
}

/** `state link` of account and dMSA. */
export async function where({ account, dmsa }: TestDomain): Promise<string[]> {
  const [a, d] = [await account(), await dmsa()];
  return [
    `${text(a, attribute.accountState)} ${text(a, attribute.supersededBy)}`,
    `${text(d, attribute.dmsaState)} ${text(d, attribute.precededBy)}`,
  ];
}

export const linked = (state: number) => [`${state} ${dmsaDn}`, `${state} ${accountDn}`];
