import type { DirectoryClock } from '../directory/directory.ts';
import type { ComputerFacts } from '../directory/read/read-computers.ts';
import { isErrorCode } from '../domain/errors/errors.ts';
import type { Verdict } from '../domain/facts/verdict.ts';
import { blocking, type Finding } from '../domain/findings/findings.ts';
import { clockAhead, logonRightOf } from '../inspection/facts.ts';
import { isUsed, noUses, type Uses, usesOf } from '../inspection/uses.ts';
import type { Inventory } from '../powershell/wire/inventory.ts';
import { assessUses } from './assess.ts';
import type { ChosenHost } from './hosts.ts';

/** One row of the matrix. */
export interface DiscoveredHost {
  /** DNS name, lower case. */
  name: string;
  /** Its account in the directory; null where the domain has none of that DNS name. */
  computer: Pick<ComputerFacts, 'dn' | 'sid' | 'operatingSystem' | 'lastLogonAt'> | null;
  /** Whether anything logs on there as the account; unknown where the host, or a part of it, could not be read. */
  usesAccount: Verdict;
  verdict: HostVerdict;
  /** Why it could not be asked; everything below is then unknown. */
  error: { code: string; message: string } | null;
  system: HostSystem | null;
  uses: Uses;
  findings: Finding[];
}

/** The worst finding, else `ready`; `unused` where the account is not used, `unasked` where nothing was answered. */
export type HostVerdict = 'unasked' | 'block' | 'warn' | 'ready' | 'unused';

export type HostSystem = Pick<
  Inventory,
  | 'computerName'
  | 'domain'
  | 'build'
  | 'edition'
  | 'isDomainController'
  | 'clock'
  | 'bootTime'
  | 'rebootPending'
  | 'policy'
  | 'policyFrom'
  | 'eventLogEnabled'
  | 'eventLog'
  | 'unread'
> & {
  /** How far its clock is ahead of the domain controller's, in milliseconds; null where nobody can tell. */
  clockAheadMs: number | null;
  /** Whether the account itself has "Log on as a service"; unknown where that was not read. */
  logonRight: Verdict;
};

/** A host's answer, or why there is none. */
export interface Asked {
  answer: Inventory | null;
  error: { code: string; message: string } | null;
  /** The middle of its session, by `performance.now()`. */
  answeredAt: number;
}

/** Whose uses are looked for. */
export interface Wanted {
  /** SID of the account, by which rights name it. */
  sid: string;
  /** DNS name of its domain. */
  domain: string;
  /** Of the domain controller that was read. */
  clock: DirectoryClock | null;
  /** Whether a name on that computer is the account's. */
  isOurs(written: string, computerName: string): boolean;
}

export function discoveredHost({ name, computer }: ChosenHost, asked: Asked, wanted: Wanted): DiscoveredHost {
  const known = computer && {
    dn: computer.dn,
    sid: computer.sid,
    operatingSystem: computer.operatingSystem,
    lastLogonAt: computer.lastLogonAt,
  };
  const { answer, error } = asked;
  if (!answer) return { ...unasked(name, error!), computer: known };
  const isOurs = (written: string) => wanted.isOurs(written, answer.computerName);
  const uses = usesOf(answer, isOurs);
  const system = systemOf(answer, asked, wanted, isOurs);
  const usesAccount = isUsed(uses) ? 'yes' : system.unread.some(hidesUses) ? 'unknown' : 'no';
  const findings = usesAccount === 'no' ? [] : assessUses({ name, system, uses }, wanted.domain);
  return {
    name,
    computer: known,
    usesAccount,
    verdict: usesAccount === 'no' ? 'unused' : worst(findings),
    error: null,
    system,
    uses,
    findings,
  };
}

function systemOf(
  answer: Inventory,
  { answeredAt }: Asked,
  { sid, clock }: Wanted,
  isOurs: (written: string) => boolean,
): HostSystem {
  const { services, tasks, pools, comApplications, sessions, events, serviceLogonRight, ...system } = answer;
  return {
    ...system,
    clockAheadMs: clockAhead(answer, answeredAt, clock),
    logonRight: logonRightOf(answer, sid, isOurs),
  };
}

/** Parts in which a use of the account may be; services are always read. */
const partsWithUses = new Set<string>(['tasks', 'pools', 'com-applications', 'sessions']);

function hidesUses({ part }: Inventory['unread'][number]): boolean {
  return partsWithUses.has(part);
}

function unasked(name: string, error: { code: string; message: string }): DiscoveredHost {
  const code = isErrorCode(error.code) ? error.code : 'HOST_UNREACHABLE';
  return {
    name,
    computer: null,
    usesAccount: 'unknown',
    verdict: 'unasked',
    error: { ...error, code },
    system: null,
    uses: noUses,
    findings: assessUses({ name, error: `${code}: ${error.message}` }, ''),
  };
}

function worst(findings: Finding[]): HostVerdict {
  if (blocking(findings).length > 0) return 'block';
  return findings.some(({ severity }) => severity === 'warn') ? 'warn' : 'ready';
}
