import { type Directory, searchDomain } from '../directory/directory.ts';
import { normalDn } from '../directory/dn.ts';
import { type Entry, integer, octets, text } from '../directory/entry.ts';
import { all, anyOf, atLeast, either, equals, present } from '../directory/filters.ts';
import { otherDomains } from '../directory/ldap/references.ts';
import { accountAttributes, accountFacts, identityFacts, kindOf } from '../directory/read/read-account.ts';
import {
  attribute,
  dmsaClass,
  showDeactivatedLinksControl,
  showDeletedControl,
} from '../directory/schema.ts';
import { batches } from '../domain/plan/plan.ts';
import type { AuditedAccount, AuditedDmsa, AuditFacts, DeletedAccount, Stray } from './facts.ts';
import { principalsIn, withPrincipals } from './principals.ts';
import { privilegedMembers } from './privileged.ts';
import type { RecordedMigration } from './records.ts';

const common = ['objectGUID', 'objectSid', 'objectClass', 'sAMAccountName', 'whenCreated', 'whenChanged'];

/** DNs are long: an OR filter of this many stays well under what small DCs accept. */
const dnsPerSearch = 100;

/**
 * Reads every dMSA of the domain and every account with a link or a state of a migration. Five searches however many
 * there are (paged); one more for each 200 different principals, for each 200 hosts that we prepared and for each 100
 * links that lead to neither; and where principals are groups or a linked account is privileged, those of readMembers
 * and privilegedMembers. What the reader may not see looks as if it were not there.
 */
export async function readAuditFacts(
  directory: Directory,
  records: RecordedMigration[],
): Promise<AuditFacts> {
  const references: string[] = [];
  const read = await readDmsas(directory, (url) => references.push(url));
  const dmsas = await withPrincipals(directory, read, records);
  const accounts = await readAccounts(directory);
  return {
    baseDn: directory.rootDse().baseDn,
    dmsas,
    accounts,
    strays: await readStrays(directory, dmsas, accounts),
    deleted: await readDeleted(directory),
    elsewhere: otherDomains(references, directory.rootDse()),
  };
}

async function readDmsas(directory: Directory, onReference: (url: string) => void): Promise<AuditedDmsa[]> {
  const attributes = [...common, attribute.dmsaState, attribute.precededBy, attribute.principals];
  const controls = [showDeactivatedLinksControl];
  const filter = equals.text('objectClass', dmsaClass);
  const entries = await searchDomain(directory, filter, attributes, { controls, onReference });
  return entries.map((entry) => ({
    ...objectFacts(entry),
    state: integer(entry, attribute.dmsaState) ?? 0,
    precededBy: text(entry, attribute.precededBy),
    ourHosts: null,
    ...principalsIn(octets(entry, attribute.principals)),
  }));
}

/** Accounts by what they say of themselves, and by the back link: a dMSA may point at one that knows nothing of it. */
async function readAccounts(directory: Directory): Promise<AuditedAccount[]> {
  const involved = either(
    present(attribute.supersededBy),
    present(attribute.precededByBackLink),
    atLeast(attribute.accountState, 1),
  );
  const attributes = [...accountAttributes, 'whenCreated', 'whenChanged'];
  const controls = [showDeactivatedLinksControl];
  const entries = await searchDomain(directory, involved, attributes, { controls });
  const facts = entries.map(accountFacts);
  const privileged = facts[0] ? await privilegedMembers(directory, involved, facts[0].sid) : new Map();
  return entries.map((entry, index) => {
    const { kind, userPrincipalName, enabled, state, supersededBy, ...read } = facts[index]!;
    const privilegedBecause = read.privilegedBecause ?? privileged.get(normalDn(entry.dn)) ?? null;
    return {
      ...objectFacts(entry),
      ...{ kind, userPrincipalName, enabled, state, supersededBy, privilegedBecause },
    };
  });
}

/** Reads what links point at beside dMSAs and accounts; nothing is asked where there is nothing of the kind. */
async function readStrays(
  directory: Directory,
  dmsas: AuditedDmsa[],
  accounts: AuditedAccount[],
): Promise<Stray[]> {
  const known = new Set([...dmsas, ...accounts].map(({ dn }) => normalDn(dn)));
  const targets = [...dmsas.map((each) => each.precededBy), ...accounts.map((each) => each.supersededBy)];
  const strays = targets.filter((dn) => dn !== null).filter((dn) => !known.has(normalDn(dn)));
  const found: Stray[] = [];
  for (const batch of batches([...new Set(strays)], dnsPerSearch)) {
    const filter = anyOf.text('distinguishedName', batch);
    const entries = await searchDomain(directory, filter, ['objectClass', 'sAMAccountType']);
    found.push(...entries.map((entry) => ({ dn: entry.dn, kind: kindOf(entry) })));
  }
  return found;
}

async function readDeleted(directory: Directory): Promise<DeletedAccount[]> {
  const superseded = either(atLeast(attribute.accountState, 1), present(attribute.supersededBy));
  const entries = await searchDomain(
    directory,
    all(equals.text('isDeleted', 'TRUE'), superseded),
    ['sAMAccountName', attribute.supersededBy],
    { controls: [showDeletedControl, showDeactivatedLinksControl] },
  );
  return entries.map((entry) => ({
    dn: entry.dn,
    samAccountName: text(entry, 'sAMAccountName') ?? '',
    supersededBy: text(entry, attribute.supersededBy),
  }));
}

function objectFacts(entry: Entry) {
  return {
    ...identityFacts(entry),
    createdAt: isoOf(text(entry, 'whenCreated')),
    changedAt: isoOf(text(entry, 'whenChanged')),
  };
}

/** Generalized time as AD writes it, `20250601080000.0Z` (MS-ADTS 3.1.1.2.2.2.6): whole seconds, always UTC. */
function isoOf(time: string | null): string | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(time ?? '');
  if (!parts) return null;
  const [, year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}
