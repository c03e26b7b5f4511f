import { type Directory, searchForAny } from '../directory.ts';
import { type Entry, integer, sidOf, text, texts } from '../entry.ts';
import { fileTimeToIso } from '../file-time.ts';
import { all, beginsAndHolds, equals } from '../filters.ts';
import { attribute, uac } from '../schema.ts';

/** A computer account, as far as it says which host there is to ask. */
export interface ComputerFacts {
  dn: string;
  sid: string;
  samAccountName: string;
  /** `dNSHostName`, lower case: whatever somebody has written there. Null where there is none. */
  dnsName: string | null;
  /** `operatingSystem`, such as `Windows Server 2025 Datacenter`; written by the computer itself when it joins. */
  operatingSystem: string | null;
  /** From `operatingSystemVersion`. */
  build: number | null;
  enabled: boolean;
  role: ComputerRole;
  /** ISO 8601, from `lastLogonTimestamp`: up to 14 days older than the last logon (MS-ADA1). Null for never. */
  lastLogonAt: string | null;
}

/**
 * A DC has the userAccountControl bit SERVER_TRUST_ACCOUNT, an RODC PARTIAL_SECRETS_ACCOUNT (MS-ADTS 2.2.16). A cluster
 * name is no machine: the cluster service keeps a computer account for it and for each of its network names, and gives
 * these the service principal name MSClusterVirtualServer. MSServerClusterMgmtAPI tells nothing: nodes have it as well.
 */
export type ComputerRole = 'member' | 'domain-controller' | 'read-only-domain-controller' | 'cluster-name';

const attributes = [
  'objectSid',
  'sAMAccountName',
  'dNSHostName',
  'userAccountControl',
  'operatingSystem',
  'operatingSystemVersion',
  'lastLogonTimestamp',
  attribute.servicePrincipalName,
];

const isComputer = equals.text('objectCategory', 'computer');

/**
 * Every computer account at and below `base`, at any depth, by name; of servers alone those whose operatingSystem is a
 * Windows Server. One search (paged). gMSAs and dMSAs are of classes below computer, with an objectCategory of their own
 * (MS-ADSC): they are not among them. `onReference` is told of domains below, which are not searched.
 */
export async function readComputersBelow(
  directory: Directory,
  base: string,
  { serversOnly, onReference }: { serversOnly: boolean; onReference?: (url: string) => void },
): Promise<ComputerFacts[]> {
  const filter = serversOnly
    ? all(isComputer, beginsAndHolds('operatingSystem', 'Windows', 'Server'))
    : isComputer;
  const entries = await directory.search(base, { scope: 'sub', filter, attributes, onReference });
  return entries.map(computerFacts).sort(byName);
}

/** The computer accounts that have one of these DNS names. One search for every 200 names. */
export async function readComputersNamed(directory: Directory, names: string[]): Promise<ComputerFacts[]> {
  const named = names.map((name) => equals.text('dNSHostName', name));
  const entries = await searchForAny(directory, named, attributes, [isComputer]);
  return entries.map(computerFacts).sort(byName);
}

function computerFacts(entry: Entry): ComputerFacts {
  const control = integer(entry, 'userAccountControl') ?? 0;
  return {
    dn: entry.dn,
    sid: sidOf(entry, 'objectSid'),
    samAccountName: text(entry, 'sAMAccountName') ?? '',
    dnsName: text(entry, 'dNSHostName')?.toLowerCase().replace(/\.$/, '') ?? null,
    operatingSystem: text(entry, 'operatingSystem'),
    build: buildOf(entry),
    enabled: (control & uac.accountDisabled) === 0,
    role: roleOf(entry, control),
    lastLogonAt: fileTimeToIso(text(entry, 'lastLogonTimestamp')),
  };
}

/** `operatingSystemVersion` reads `10.0 (26100)`. */
export function buildOf(computer: Entry): number | null {
  const build = /\((\d{1,9})\)/.exec(text(computer, 'operatingSystemVersion') ?? '')?.[1];
  return build === undefined ? null : Number(build);
}

function roleOf(entry: Entry, control: number): ComputerRole {
  if ((control & uac.partialSecretsAccount) !== 0) return 'read-only-domain-controller';
  if ((control & uac.serverTrustAccount) !== 0) return 'domain-controller';
  const names = texts(entry, attribute.servicePrincipalName);
  const isVirtual = names.some((name) => name.toLowerCase().startsWith('msclustervirtualserver/'));
  return isVirtual ? 'cluster-name' : 'member';
}

function byName(a: ComputerFacts, b: ComputerFacts): number {
  const key = ({ dnsName, samAccountName, dn }: ComputerFacts) => `${dnsName ?? samAccountName}\0${dn}`;
  return key(a) < key(b) ? -1 : 1;
}
