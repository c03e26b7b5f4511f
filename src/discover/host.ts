import type { ComputerFacts } from '../directory/read/read-computers.ts';
import { assessHost } from '../domain/assess/assess-hosts.ts';
import type { HostFacts, HostSurroundings } from '../domain/facts/host-facts.ts';
import type { Verdict } from '../domain/facts/verdict.ts';
import { blocking, type Finding } from '../domain/findings/findings.ts';
import type { HostAnswer } from '../inspection/ask-host.ts';
import { type AnswerKey, inspectionOf } from '../inspection/inspect-hosts.ts';
import { type HostUses, isUsed, noUses, usesOf } from '../inspection/uses.ts';
import type { Inventory } from '../powershell/wire/inventory.ts';
import type { ChosenHost } from './hosts.ts';

/** One row of the matrix. */
export interface DiscoveredHost {
  /** DNS name, lower case. */
  name: string;
  /** Its account in the directory; null where the domain has none of that DNS name. */
  computer: Pick<ComputerFacts, 'dn' | 'sid' | 'operatingSystem' | 'lastLogonAt'> | null;
  /** Verdict on any logon as the account there; unknown where the host, or a part of it, could not be read. */
  usesAccount: Verdict;
  verdict: HostVerdict;
  /** Reason why it could not be asked; everything below is then unknown. */
  error: HostFacts['unreachable'];
  /** The inventory without its lists, and what is made of it. */
  system:
    | (Omit<Inventory, keyof HostUses | 'events' | 'serviceLogonRight'> &
        Pick<HostSurroundings, 'clockAheadMs'> &
        Pick<HostFacts, 'logonRight'>)
    | null;
  uses: HostUses;
  findings: Finding[];
}

/** The worst finding, else `ready`; `unused` where the account is not used, `unasked` where nothing was answered. */
export type HostVerdict = 'unasked' | 'block' | 'warn' | 'ready' | 'unused';

export function discoveredHost(
  { name, computer }: ChosenHost,
  answer: HostAnswer,
  key: AnswerKey,
): DiscoveredHost {
  const { facts, surroundings } = inspectionOf(answer, key);
  const domain = key.identity.domain.dnsName;
  // Whether the account is used there is a column of its own.
  const findings = assessHost(facts, { services: [], domain, surroundings }).filter(
    ({ code }) => code !== 'HOST_HAS_NO_SERVICE',
  );
  const row = { name, computer: computer && accountOf(computer) };
  const { inventory } = answer;
  if (!inventory || !surroundings) {
    const unasked = { usesAccount: 'unknown', verdict: 'unasked', error: facts.unreachable } as const;
    return { ...row, ...unasked, system: null, uses: noUses, findings };
  }
  const uses = usesOf(inventory, key.identity);
  const { services, tasks, pools, comApplications, sessions, events, serviceLogonRight, ...system } =
    inventory;
  const usesAccount = isUsed(uses) ? 'yes' : inventory.unread.some(hidesUses) ? 'unknown' : 'no';
  return {
    ...row,
    usesAccount,
    verdict: usesAccount === 'no' ? 'unused' : worst(findings),
    error: null,
    system: { ...system, clockAheadMs: surroundings.clockAheadMs, logonRight: facts.logonRight },
    uses,
    findings: usesAccount === 'no' ? [] : findings,
  };
}

function accountOf({ dn, sid, operatingSystem, lastLogonAt }: ComputerFacts): DiscoveredHost['computer'] {
  return { dn, sid, operatingSystem, lastLogonAt };
}

/** Parts in which a use of the account may be; services are always read. */
const partsWithUses = new Set<string>(['tasks', 'pools', 'com-applications', 'sessions']);

function hidesUses({ part }: Inventory['unread'][number]): boolean {
  return partsWithUses.has(part);
}

function worst(findings: Finding[]): HostVerdict {
  if (blocking(findings).length > 0) return 'block';
  return findings.some(({ severity }) => severity === 'warn') ? 'warn' : 'ready';
}
