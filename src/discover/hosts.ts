import type { Directory } from '../directory/directory.ts';
import { isWithin } from '../directory/dn.ts';
import { otherDomains } from '../directory/ldap/references.ts';
import {
  type ComputerFacts,
  readComputersBelow,
  readComputersNamed,
} from '../directory/read/read-computers.ts';
import { type DmsaError, errorAbout } from '../domain/errors/errors.ts';
import { durationMs } from '../domain/values/duration.ts';
import { hostName } from '../plan/values.ts';

/** Which hosts are wanted: those that are named, and those that the directory has. */
export interface HostChoice {
  /** DNS names, as somebody wrote them. */
  names: string[];
  /** DN of a container: the computers below it, at any depth; null for none. */
  ou: string | null;
  /** Windows Servers alone: of the container where one is named, else of the domain. */
  allServers: boolean;
  /** Computers that have logged on within this duration alone; null for all. */
  activeWithin: string | null;
}

/** A host to ask; `computer` is null where the domain has no account of that name. */
export interface ChosenHost {
  name: string;
  computer: ComputerFacts | null;
}

/** Reasons not to ask computers of the directory. Those that are named one by one are asked whatever they are. */
export const reasonsLeftOut = {
  'domain-controller': 'domain controllers',
  'read-only-domain-controller': 'read-only domain controllers',
  'cluster-name': 'names of clusters',
  disabled: 'disabled',
  inactive: 'no logon for that long',
  'no-dns-name': 'no usable DNS name',
  'dns-name-twice': 'second accounts of a DNS name',
  'not-windows': 'other systems than Windows',
} as const;

export type ReasonLeftOut = keyof typeof reasonsLeftOut;

export interface ChosenHosts {
  hosts: ChosenHost[];
  leftOut: Record<ReasonLeftOut, string[]>;
  /** DNs of domains below that were not searched. */
  elsewhere: string[];
}

/** `lastLogonTimestamp` is written again only where it is older than `msDS-LogonTimeSyncInterval`, 14 days less up to 5. */
const shortestActivity = '15d';

/** Throws ARGUMENT_INVALID for a choice that says nothing, or what cannot be understood. */
export function checkChoice(choice: HostChoice): HostChoice {
  const { ou, allServers, activeWithin } = choice;
  const names = [...new Set(choice.names.map((name) => name.trim().toLowerCase().replace(/\.$/, '')))];
  if (names.length === 0 && ou === null && !allServers) {
    throw invalid('hosts', 'there are no hosts: name them with --host, --hosts-file, --ou or --all-servers');
  }
  for (const name of names) {
    const parsed = hostName.safeParse(name);
    if (!parsed.success) throw invalid('--host', parsed.error.issues[0]!.message);
  }
  if (activeWithin !== null) checkActivity(activeWithin, choice);
  return { ...choice, names };
}

function checkActivity(written: string, { ou, allServers }: HostChoice): void {
  if (ou === null && !allServers)
    throw invalid('--active-within', 'it goes with --ou and --all-servers only');
  let ms: number;
  try {
    ms = durationMs(written);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid('--active-within', error.message);
  }
  if (ms >= durationMs(shortestActivity)) return;
  const why = 'a domain controller writes down a logon only every 9 to 14 days';
  throw invalid('--active-within', `${written} is too short, at least ${shortestActivity}: ${why}`);
}

/**
 * The hosts to ask, by name, and the computers that are left out, by why. A read for the container, a search for what
 * is below it, and a search for every 200 names.
 */
export async function chooseHosts(directory: Directory, choice: HostChoice, now: Date): Promise<ChosenHosts> {
  const { names, ou, allServers } = choice;
  const leftOut = Object.fromEntries(
    Object.keys(reasonsLeftOut).map((reason) => [reason, []]),
  ) as unknown as ChosenHosts['leftOut'];
  const references: string[] = [];
  const below = ou !== null || allServers ? await computersBelow(directory, choice, references) : [];
  const hosts = new Map<string, ChosenHost>();
  for (const computer of below) {
    const reason = whyNot(computer, choice, now) ?? (hosts.has(computer.dnsName!) ? 'dns-name-twice' : null);
    if (reason) leftOut[reason].push(computer.dnsName ?? computer.samAccountName);
    else hosts.set(computer.dnsName!, { name: computer.dnsName!, computer });
  }
  const named = names.length > 0 ? await readComputersNamed(directory, names) : [];
  for (const name of names) {
    hosts.set(name, { name, computer: named.find(({ dnsName }) => dnsName === name) ?? null });
  }
  for (const reason of Object.values(leftOut)) removeAll(reason, names);
  return {
    hosts: [...hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    leftOut,
    elsewhere: otherDomains(references, directory.rootDse()),
  };
}

/** Takes named hosts from a list: they are asked, so they were not left out. */
function removeAll(list: string[], names: string[]): void {
  const asked = new Set(names);
  list.splice(0, list.length, ...list.filter((name) => !asked.has(name)));
}

async function computersBelow(
  directory: Directory,
  { ou, allServers }: HostChoice,
  references: string[],
): Promise<ComputerFacts[]> {
  if (ou !== null) await requireContainer(directory, ou);
  return await readComputersBelow(directory, ou ?? directory.rootDse().baseDn, {
    serversOnly: allServers,
    onReference: (url) => references.push(url),
  });
}

async function requireContainer(directory: Directory, ou: string): Promise<void> {
  const example = 'write it as OU=Servers,DC=contoso,DC=com';
  const { baseDn } = directory.rootDse();
  try {
    if (!isWithin(ou, baseDn))
      throw invalid('--ou', `${ou} is not of ${baseDn}, the domain that is read: ${example}`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid('--ou', `"${ou}" is not a DN: ${example}`);
  }
  if (await directory.read(ou, ['objectClass'])) return;
  throw errorAbout('--ou', 'NAME_UNKNOWN', `${ou} is not in the directory`);
}

function whyNot(computer: ComputerFacts, choice: HostChoice, now: Date): ReasonLeftOut | null {
  const { role, enabled, dnsName, operatingSystem, lastLogonAt } = computer;
  if (role !== 'member') return role;
  if (!enabled) return 'disabled';
  // A computer that has not told its system yet may be a Windows one.
  if (operatingSystem !== null && !/^windows/i.test(operatingSystem)) return 'not-windows';
  // The directory's text: whoever may write it must not name anything but a host.
  if (dnsName === null || !hostName.safeParse(dnsName).success) return 'no-dns-name';
  if (choice.activeWithin !== null) {
    const since = now.getTime() - durationMs(choice.activeWithin);
    if (lastLogonAt === null || Date.parse(lastLogonAt) < since) return 'inactive';
  }
  return null;
}

function invalid(field: string, message: string): DmsaError {
  return errorAbout(field, 'ARGUMENT_INVALID', message);
}
