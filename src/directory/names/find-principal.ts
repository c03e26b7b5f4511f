import { errorAbout } from '../../domain/errors/errors.ts';
import type { DomainNames } from '../../domain/plan/identity.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { isWithin, parseDn } from '../dn.ts';
import { type Entry, text, texts } from '../entry.ts';
import { either, equals, type Filter } from '../filters.ts';
import { type ForestNames, type OtherDomain, readForestNames } from './forest-names.ts';
import {
  isDomain,
  isSameDnText,
  isSameName,
  type PrincipalName,
  parsePrincipalName,
} from './principal-name.ts';

/** Result of a search for a name. */
export type PrincipalSearch =
  | { status: 'found'; entry: Entry }
  /** `why` says what is known of the name, in a phrase. */
  | { status: 'not-found'; why: string }
  /** Its domain is another one of the forest. */
  | { status: 'in-other-domain'; domain: OtherDomain; why: string };

export interface FindOptions {
  /** Attributes to read of the entry, besides those that identify it. */
  attributes: string[];
  domain: DomainNames;
  /** Name of the name in messages: `account`, `principal`. */
  field: string;
}

/**
 * An account, group or computer by DN, GUID (with braces or none), SID, sAMAccountName, UPN or `DOMAIN\name`, in one
 * search of the domain; two more where there is nothing, to say why. What the server answers is taken only where it has
 * the name that was asked for. Throws ARGUMENT_INVALID for what looks like a DN or a SID and is none, and
 * NAME_AMBIGUOUS for a name that several objects answer to, and what reading the directory throws.
 */
export async function findPrincipal(
  directory: Directory,
  written: string,
  options: FindOptions,
): Promise<PrincipalSearch> {
  const { domain, field } = options;
  const name = parsePrincipalName(written, field);
  if (name.form === 'none') return { status: 'not-found', why: name.why };
  const matches = await search(directory, name, options);
  const [entry] = matches.filter((each) => answersTo(each, name, domain));
  if (entry) {
    refuseOthers(matches, entry, name, options);
    return { status: 'found', entry };
  }
  return elsewhere(name, matches, domain, await readForestNames(directory), directory.rootDse().baseDn);
}

const identifying = ['objectClass', 'objectGUID', 'objectSid', 'sAMAccountName', 'userPrincipalName'];

async function search(
  directory: Directory,
  name: PrincipalName,
  { attributes, domain }: FindOptions,
): Promise<Entry[]> {
  const filter = filterFor(name, domain);
  if (filter === null) return [];
  const entries = await searchDomain(directory, filter, [...new Set([...identifying, ...attributes])]);
  return entries.sort((a, b) => (a.dn < b.dn ? -1 : 1));
}

/** Null where the name cannot be one of this domain. */
function filterFor(name: PrincipalName, domain: DomainNames): Filter | null {
  const account = (value: string) =>
    // A computer's name ends in $, which people leave out: found to tell them so.
    either(equals.text('sAMAccountName', value), equals.text('sAMAccountName', `${value}$`));
  switch (name.form) {
    case 'guid':
      return equals.guid('objectGUID', name.guid);
    case 'sid':
      return equals.sid('objectSid', name.sid);
    case 'dn':
      return equals.text('distinguishedName', name.dn);
    case 'account':
      return name.domain === null || isDomain(name.domain, domain) ? account(name.name) : null;
    case 'upn': {
      const explicit = [
        equals.text('userPrincipalName', name.whole),
        equals.text('sAMAccountName', name.whole),
      ];
      return isDomain(name.suffix, domain) ? either(...explicit, account(name.prefix)) : either(...explicit);
    }
    default:
      return null;
  }
}

/**
 * Compares an entry with the name that was written. The implicit UPN is sAMAccountName at the domain's DNS or NetBIOS
 * name, whatever UPN was written for the account (MS-ADTS 5.1.1.1.1; Microsoft's KB 929272). An account name may itself
 * hold an `@`, and is looked for as well (MS-ADTS 3.1.1.13.7).
 */
function answersTo(entry: Entry, name: PrincipalName, domain: DomainNames): boolean {
  const has = (attribute: string, wanted: string) =>
    texts(entry, attribute).some((value) => isSameName(value, wanted));
  switch (name.form) {
    case 'guid':
    case 'sid':
      return true;
    case 'dn':
      return isSameDnText(entry.dn, name.dn);
    case 'account':
      return has('sAMAccountName', name.name);
    case 'upn':
      return (
        has('userPrincipalName', name.whole) ||
        has('sAMAccountName', name.whole) ||
        (isDomain(name.suffix, domain) && has('sAMAccountName', name.prefix))
      );
    default:
      return false;
  }
}

/**
 * One UPN, two accounts: one has it explicitly, the other implicitly. The first is logged on (MS-ADTS 3.1.1.13.7: the
 * search for userPrincipalName comes first), which whoever wrote the name may not have known.
 */
function refuseOthers(matches: Entry[], first: Entry, name: PrincipalName, options: FindOptions): void {
  const all = matches.filter((each) => answersTo(each, name, options.domain));
  if (all.length === 1) return;
  const written = name.form === 'upn' ? name.whole : name.form === 'account' ? name.name : first.dn;
  const explicit = all.filter((each) => isSameName(text(each, 'userPrincipalName') ?? '', written));
  const logsOn = explicit.length === 1 ? `; ${explicit[0]!.dn} is the one that logs on by it` : '';
  const dns = all.map(({ dn }) => dn).join(' and ');
  const why = `${all.length} objects answer to "${written}", ${dns}${logsOn}`;
  throw errorAbout(options.field, 'NAME_AMBIGUOUS', why);
}

function elsewhere(
  name: PrincipalName,
  matches: Entry[],
  domain: DomainNames,
  forest: ForestNames,
  baseDn: string,
): PrincipalSearch {
  const other = otherDomainOf(name, forest, baseDn);
  if (other?.inForest) {
    const names = [other.netbiosName, other.baseDn].filter((each) => each).join(', ');
    const why = `its domain is ${other.name}${names ? ` (${names})` : ''}, and ${domain.dnsName} is read`;
    return { status: 'in-other-domain', domain: other, why };
  }
  if (other) return { status: 'not-found', why: `its domain is ${other.name}, which is not of this forest` };
  return { status: 'not-found', why: missing(name, matches, domain, forest) };
}

function otherDomainOf(
  name: PrincipalName,
  { others }: ForestNames,
  baseDn: string,
): OtherDomain | undefined {
  switch (name.form) {
    case 'account':
      return others.find((each) => name.domain !== null && isDomain(name.domain, each));
    case 'upn':
      return others.find((each) => isDomain(name.suffix, each));
    case 'sid':
      return others.find((each) => each.sid !== null && name.sid.replace(/-\d+$/, '') === each.sid);
    case 'dn': {
      // One domain may be below another: the nearest is the one, be it the one that is read.
      const contexts = [...others.map((each) => each.baseDn ?? ''), baseDn].filter((each) => each !== '');
      const [nearest] = contexts
        .filter((each) => isWithin(name.dn, each))
        .sort((a, b) => parseDn(b).length - parseDn(a).length);
      return others.find((each) => each.baseDn !== null && each.baseDn === nearest);
    }
    default:
      return undefined;
  }
}

/** Says in a phrase why nothing answers. */
function missing(name: PrincipalName, matches: Entry[], domain: DomainNames, forest: ForestNames): string {
  const nothing = `nothing in ${domain.dnsName} answers to it`;
  const short = name.form === 'account' ? name.name : name.form === 'upn' ? name.prefix : null;
  const computer = matches.find(
    (each) => short !== null && isSameName(text(each, 'sAMAccountName') ?? '', `${short}$`),
  );
  if (computer) return `${nothing}; ${text(computer, 'sAMAccountName')} is another name: write its $ as well`;
  if (name.form === 'account' && name.domain === '.')
    return 'a local account of a computer is not in the directory';
  if (name.form === 'account' && name.domain !== null && !isDomain(name.domain, domain)) {
    return `${name.domain} is the name of no domain in the forest, and of none that it trusts`;
  }
  if (name.form !== 'upn' || isDomain(name.suffix, domain)) return nothing;
  if (!forest.upnSuffixes.some((suffix) => isSameName(suffix, name.suffix))) {
    return `${nothing}; ${name.suffix} is no UPN suffix of the forest`;
  }
  const domains = forest.others.filter(({ inForest }) => inForest).map((each) => each.name);
  return domains.length === 0 ? nothing : `${nothing}; it may be one of ${domains.join(', ')}`;
}
