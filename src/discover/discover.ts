import { mapLimited } from '../async/limited.ts';
import { fromOneDc, withDirectory } from '../directory/directory.ts';
import { readLogonNames } from '../directory/names/logon-names.ts';
import { readDomainNames } from '../directory/read/read-domain.ts';
import { type DmsaError, errorAbout, isSettingsError } from '../domain/errors/errors.ts';
import type { AccountFacts } from '../domain/facts/facts.ts';
import { askHost, type HostAnswer } from '../inspection/ask-host.ts';
import type { AnswerKey } from '../inspection/inspect-hosts.ts';
import { isPlanned } from '../inspection/uses.ts';
import { findAccount } from '../plan/find-account.ts';
import type { Ports } from '../ports.ts';
import { type DiscoveredHost, discoveredHost, type HostVerdict } from './host.ts';
import { type ChosenHost, type ChosenHosts, checkChoice, chooseHosts, type HostChoice } from './hosts.ts';

export interface DiscoverRequest {
  /** DN, GUID, SID, sAMAccountName, UPN or DOMAIN\name. */
  account: string;
  hosts: HostChoice;
  /** Hosts asked at once, each in one session. */
  parallel: number;
  now(): Date;
  /** Aborting it ends the asking; what was found until then is the answer. */
  signal: AbortSignal;
  onProgress(progress: DiscoverProgress): void;
}

export interface DiscoverProgress {
  /** Hosts that have answered, or could not be asked. */
  done: number;
  of: number;
  using: number;
  unasked: number;
}

/** The whole answer of `dmsa discover`, as its JSON is: docs/discover.md has it field by field. */
export interface Discovery {
  version: 1;
  /** ISO 8601. */
  readAt: string;
  domain: string;
  /** DNS name of the DC that was read from. */
  server: string;
  account: Pick<AccountFacts, 'dn' | 'guid' | 'sid' | 'samAccountName'>;
  hosts: DiscoveredHost[];
  /** Hosts that were not asked any more, as somebody put an end to it. */
  notAsked: string[];
  /** Computers of the directory that were not asked, by why. */
  leftOut: ChosenHosts['leftOut'];
  /** DNs of domains below this one, whose computers are not among them. */
  elsewhere: string[];
  /** Hosts for `dmsa plan`: those with anything that is set up to log on as the account. */
  planned: string[];
  summary: Record<HostVerdict, number> & { hosts: number; uses: number };
}

/**
 * Asks hosts what logs on there as the account, one session each. Changes nothing and needs no Temporal. A host that
 * cannot be asked is a row, not a failure. Throws ARGUMENT_INVALID for an account or hosts that cannot be
 * understood, NAME_UNKNOWN for those that are not found, and what connecting to the directory and reading it throws.
 */
export async function discover(deps: Ports, request: DiscoverRequest): Promise<Discovery> {
  const { signal, now } = request;
  const readAt = now();
  const choice = checkChoice(request.hosts);
  const read = await withDirectory(deps.connectDirectory, { signal }, (directory) =>
    fromOneDc(directory, async () => {
      const domain = await readDomainNames(directory);
      const { account, finding } = await findAccount(directory, request.account, domain);
      if (!account) throw notFound(request.account, finding.evidence);
      const names = await readLogonNames(directory, account, { account, domain: { ...domain, server: '' } });
      return {
        domain,
        account,
        names,
        chosen: await chooseHosts(directory, choice, readAt),
        rootDse: directory.rootDse(),
      };
    }),
  );
  const { domain, account, names, chosen } = read;
  const key = { identity: { sid: account.sid, domain, names }, clock: read.rootDse.clock };
  const hosts = await askAll(deps, chosen.hosts, key, request);
  const seen = new Set(hosts.map(({ name }) => name));
  const { dn, guid, sid, samAccountName } = account;
  return {
    version: 1,
    readAt: readAt.toISOString(),
    domain: domain.dnsName,
    server: read.rootDse.dc,
    account: { dn, guid, sid, samAccountName },
    hosts,
    notAsked: chosen.hosts.map(({ name }) => name).filter((name) => !seen.has(name)),
    leftOut: chosen.leftOut,
    elsewhere: chosen.elsewhere,
    planned: hosts.filter(({ uses }) => isPlanned(uses)).map(({ name }) => name),
    summary: summaryOf(hosts),
  };
}

function notFound(written: string, why: string): DmsaError {
  return errorAbout('account', 'NAME_UNKNOWN', `${written}: ${why}`);
}

async function askAll(
  ports: Ports,
  hosts: ChosenHost[],
  key: AnswerKey,
  { parallel, signal, onProgress }: DiscoverRequest,
): Promise<DiscoveredHost[]> {
  const progress = { done: 0, of: hosts.length, using: 0, unasked: 0 };
  onProgress({ ...progress });
  const found = await mapLimited(hosts, parallel, async (host) => {
    if (signal.aborted) return null;
    const answer = await ask(ports, host.name, signal);
    if (!answer) return null;
    const row = discoveredHost(host, answer, key);
    progress.done += 1;
    if (row.usesAccount === 'yes') progress.using += 1;
    if (row.verdict === 'unasked') progress.unasked += 1;
    onProgress({ ...progress });
    return row;
  });
  return found.filter((row) => row !== null);
}

/** Null where the asking was put an end to. */
async function ask(ports: Ports, name: string, signal: AbortSignal): Promise<HostAnswer | null> {
  try {
    const answer = await askHost(ports, name, { eventsSince: null, signal });
    // What is wrong with the settings is wrong with them for every host.
    if (answer.error && isSettingsError(answer.error)) throw answer.error;
    return signal.aborted && answer.error ? null : answer;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

function summaryOf(hosts: DiscoveredHost[]): Discovery['summary'] {
  const count = (wanted: HostVerdict) => hosts.filter(({ verdict }) => verdict === wanted).length;
  return {
    hosts: hosts.length,
    uses: hosts.filter(({ usesAccount }) => usesAccount === 'yes').length,
    ready: count('ready'),
    warn: count('warn'),
    block: count('block'),
    unused: count('unused'),
    unasked: count('unasked'),
  };
}
