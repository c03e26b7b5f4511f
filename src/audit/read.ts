import type { Directory } from '../directory/directory.ts';
import { normalDn } from '../directory/dn.ts';
import { type Entry, integer, octets, text } from '../directory/entry.ts';
import { all, anyOf, either, equals } from '../directory/filters.ts';
import { guidText } from '../directory/guid.ts';
import { accountAttributes, accountFacts, kindOf } from '../directory/read-account.ts';
import {
  attribute,
  dmsaClass,
  showDeactivatedLinksControl,
  showDeletedControl,
} from '../directory/schema.ts';
import { batches } from '../domain/plan.ts';
import type { AuditedAccount, AuditedDmsa, AuditFacts, DeletedAccount, Stray } from './facts.ts';
import { namePrincipals, principalSids } from './principals.ts';
import { privilegedMembers } from './privileged.ts';

const common = ['objectGUID', 'objectClass', 'sAMAccountName', 'whenCreated', 'whenChanged'];
const backLink = 'msDS-ManagedAccountPrecededByLinkBL';

/** An OR filter of this many values stays well under the 10,000-byte filter that small DCs accept. */
const valuesPerSearch = 200;

/**
 * Reads every dMSA of the domain and every account with a link or a state of a migration. Six searches however many
 * there are (paged), in a domain without principals, stray links and privileged accounts; one more for each 200 different
 * principals and for each 200 links that lead to neither, and at most 11 where a linked account is privileged. What the reader may not see looks as if it were not there.
 */
export async function readAuditFacts(directory: Directory): Promise<AuditFacts> {
  const dmsas = await readDmsas(directory);
  const accounts = await readAccounts(directory);
  return {
    baseDn: directory.baseDn,
    dmsas,
    accounts,
    strays: await readStrays(directory, dmsas, accounts),
    deleted: await readDeleted(directory),
  };
}

async function readDmsas(directory: Directory): Promise<AuditedDmsa[]> {
  const entries = await directory.search(directory.baseDn, {
    scope: 'sub',
    filter: equals.text('objectClass', dmsaClass),
    attributes: [...common, attribute.dmsaState, attribute.precededBy, attribute.principals],
    controls: [showDeactivatedLinksControl],
  });
  const membership = entries.map((entry) => principalSids(octets(entry, attribute.principals)));
  const named = await namePrincipals(
    directory,
    membership.flatMap(({ sids }) => sids),
  );
  return entries.map((entry, index) => ({
    ...objectFacts(entry),
    state: integer(entry, attribute.dmsaState) ?? 0,
    precededBy: text(entry, attribute.precededBy),
    principals: membership[index]!.sids.map((sid) => named.get(sid)!),
    malformed: membership[index]!.malformed,
  }));
}

/** Accounts by what they say of themselves, and by the back link: a dMSA may point at one that knows nothing of it. */
async function readAccounts(directory: Directory): Promise<AuditedAccount[]> {
  const involved = either(
    `(${attribute.supersededBy}=*)`,
    `(${backLink}=*)`,
    `(${attribute.accountState}>=1)`,
  );
  const entries = await directory.search(directory.baseDn, {
    scope: 'sub',
    filter: involved,
    attributes: [...accountAttributes, 'whenCreated', 'whenChanged'],
    controls: [showDeactivatedLinksControl],
  });
  const privileged = entries.length > 0 ? await privilegedMembers(directory, involved) : new Map();
  return entries.map((entry) => {
    const { dn, guid, samAccountName, kind, sid, userPrincipalName, enabled, state, ...facts } =
      accountFacts(entry);
    const { supersededBy } = facts;
    const privilegedBecause = facts.privilegedBecause ?? privileged.get(normalDn(dn)) ?? null;
    return {
      ...objectFacts(entry),
      ...{ dn, guid, samAccountName, kind, sid, userPrincipalName, enabled, state, supersededBy },
      privilegedBecause,
    };
  });
}

/** What links point at beside dMSAs and accounts; nothing is asked where there is nothing of the kind. */
async function readStrays(
  directory: Directory,
  dmsas: AuditedDmsa[],
  accounts: AuditedAccount[],
): Promise<Stray[]> {
  const known = new Set([...dmsas, ...accounts].map(({ dn }) => normalDn(dn)));
  const targets = [...dmsas.map((each) => each.precededBy), ...accounts.map((each) => each.supersededBy)];
  const strays = targets.filter((dn) => dn !== null).filter((dn) => !known.has(normalDn(dn)));
  const found: Stray[] = [];
  for (const batch of batches([...new Set(strays)], valuesPerSearch)) {
    const entries = await directory.search(directory.baseDn, {
      scope: 'sub',
      filter: anyOf.text('distinguishedName', batch),
      attributes: ['objectClass'],
    });
    found.push(...entries.map((entry) => ({ dn: entry.dn, kind: kindOf(entry) })));
  }
  return found;
}

async function readDeleted(directory: Directory): Promise<DeletedAccount[]> {
  const entries = await directory.search(directory.baseDn, {
    scope: 'sub',
    filter: all(
      equals.text('isDeleted', 'TRUE'),
      either(`(${attribute.accountState}>=1)`, `(${attribute.supersededBy}=*)`),
    ),
    attributes: ['sAMAccountName', attribute.supersededBy],
    controls: [showDeletedControl, showDeactivatedLinksControl],
  });
  return entries.map((entry) => ({
    dn: entry.dn,
    samAccountName: text(entry, 'sAMAccountName') ?? '',
    supersededBy: text(entry, attribute.supersededBy),
  }));
}

function objectFacts(entry: Entry) {
  return {
    dn: entry.dn,
    guid: guidText(octets(entry, 'objectGUID')!),
    samAccountName: text(entry, 'sAMAccountName') ?? '',
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
