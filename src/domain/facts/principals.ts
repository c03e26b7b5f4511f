import type { PlanHost } from '../plan/plan.ts';
import type { Principal } from './facts.ts';

type ExpectedHosts = { hosts: Pick<PlanHost, 'computerSid'>[] };

/** Role of a principal in a migration; only a stranger needs a person's yes (failure-cases.md, 12). */
export type PrincipalVerdict =
  | { verdict: 'expected-host' }
  /** It leads to hosts of the plan, and to nobody else. */
  | { verdict: 'expected-group' }
  /** A person has said yes to it. */
  | { verdict: 'allowed' }
  | { verdict: 'stranger'; why: string };

/** Classifies one principal. `allowed` are the SIDs that a person has allowed. */
export function principalVerdict(
  principal: Principal,
  plan: ExpectedHosts,
  allowed: string[],
): PrincipalVerdict {
  if (plan.hosts.some((host) => host.computerSid === principal.sid)) return { verdict: 'expected-host' };
  if (leadsToHostsAlone(principal)) return { verdict: 'expected-group' };
  if (allowed.includes(principal.sid)) return { verdict: 'allowed' };
  return { verdict: 'stranger', why: whyStranger(principal) };
}

/** Principals that are no host of the plan, lead to others than its hosts, and that no person has allowed. */
export function strangers(principals: Principal[], plan: ExpectedHosts, allowed: string[]): Principal[] {
  return principals.filter((each) => principalVerdict(each, plan, allowed).verdict === 'stranger');
}

/** `KIOSK$ is a computer that is no host of the plan`, for evidence and for the person who is asked. */
export function describeStranger(principal: Principal): string {
  return principal.name === null ? whyStranger(principal) : `${principal.name} is ${whyStranger(principal)}`;
}

/** `Web Servers (3 hosts of the plan, 1 other)`: by name where it has one, for lists. */
export function principalLabel({ sid, name, leadsTo, conditional }: Principal): string {
  const { hosts, others } = leadsTo ?? {};
  const members = hosts && [`${counted(hosts.length, 'host')} of the plan`, countedOthers(others ?? null)];
  const told = [...(members ?? []), ...(conditional ? ['on a condition'] : [])];
  return `${name ?? sid}${told.length > 0 ? ` (${told.join(', ')})` : ''}`;
}

function whyStranger(principal: Principal): string {
  const onCondition = principal.conditional ? ', let in on a condition that only a DC can evaluate' : '';
  return `${what(principal)}${onCondition}`;
}

function what({ kind, leadsTo, name }: Principal): string {
  if (leadsTo) return describeMembership(leadsTo, kind === 'group' ? 'a group' : 'a SID');
  switch (kind) {
    case 'computer':
      return 'a computer that is no host of the plan';
    case 'user':
      return 'a user';
    case 'group':
      return 'a group';
    case 'foreign':
      return 'of another domain';
    case 'orphaned':
      return 'the SID of an account of this domain that is gone';
    case 'well-known':
      return 'a SID that means the same everywhere';
    default:
      return name === null ? 'the SID does not resolve' : 'neither computer nor user nor group';
  }
}

function describeMembership(
  { hosts, others, names }: NonNullable<Principal['leadsTo']>,
  which: string,
): string {
  if (others === 0 && hosts.length === 0) return `${which} that leads to nobody now`;
  const shown =
    names.length > 0 ? ` (${names.join(', ')}${(others ?? Infinity) > names.length ? ', …' : ''})` : '';
  return `${which} that leads to ${counted(hosts.length, 'host')} of the plan and to ${countedOthers(others)}${shown}`;
}

function countedOthers(others: number | null): string {
  return others === null ? 'others that nobody can count' : counted(others, 'other');
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function leadsToHostsAlone({ leadsTo }: Principal): boolean {
  return leadsTo !== undefined && leadsTo.others === 0 && leadsTo.hosts.length > 0;
}
