import { retrying } from '../async/retrying.ts';
import { type Directory, withDirectory } from '../directory/directory.ts';
import { text } from '../directory/entry.ts';
import { findComputers } from '../directory/names/find-computers.ts';
import { capable, readControllers } from '../directory/read/read-controllers.ts';
import { readDomainNames } from '../directory/read/read-domain.ts';
import { errorAbout } from '../domain/errors/errors.ts';
import type { Facts } from '../domain/facts/facts.ts';
import { blocking, type Finding } from '../domain/findings/findings.ts';
import {
  dmsaSamAccountName,
  migrationId,
  type Plan,
  type PlanDmsa,
  type PlanDomain,
} from '../domain/plan/plan.ts';
import { preflight } from '../inspection/preflight.ts';
import type { Ports } from '../ports.ts';
import { type DraftPlan, draftPlan, requestedDmsa } from './draft-plan.ts';
import { findAccount } from './find-account.ts';
import { sealPlan } from './hash.ts';
import { parseFields } from './parse-fields.ts';
import { planSchema } from './parse-plan.ts';
import { findPeople } from './people.ts';
import type { PlanRequest } from './request.ts';

export interface PlanningResult {
  /** Id that the migration has or would have; empty if the account was not found. */
  migrationId: string;
  /** Null where a finding blocks it. */
  plan: Plan | null;
  findings: Finding[];
  facts: Facts;
}

/**
 * Finds the account, the hosts' computer accounts and the services that log on as the account, and runs preflight.
 * Changes nothing. Throws NAME_UNKNOWN, NAME_AMBIGUOUS or HOST_NAME_TWICE for a name, DMSA_NAME_TAKEN, ARGUMENT_INVALID
 * for a plan that `start` would refuse, and whatever reading the directory throws.
 */
export async function makePlan(
  request: PlanRequest,
  deps: Ports,
  now: Date = new Date(),
): Promise<PlanningResult> {
  const { domain, wanted, computerSids, known } = await retrying(deps.clock, () =>
    withDirectory(deps.connectDirectory, {}, async (directory) => {
      const domain = await readPlanDomain(directory);
      const wanted = await findAccount(directory, request.account, domain);
      await requirePlace(directory, requestedDmsa(request, domain));
      const computerSids = await findComputers(directory, request.hosts);
      const known = await findPeople(directory, namedPeople(request), domain);
      return { domain, wanted, computerSids, known };
    }),
  );
  const { account } = wanted;
  if (!account) {
    const facts = { account: null, dmsa: null, hosts: [] };
    return { migrationId: '', plan: null, findings: [wanted.finding], facts };
  }
  const draft = draftPlan(request, { domain, account, computerSids, people: known.people }, now);
  const { facts, findings } = await preflightPlan(deps, { ...draft, hash: '' }, now);
  const all = { migrationId: migrationId(draft), findings: [...findings, ...known.findings], facts };
  if (blocking(findings).length > 0) return { ...all, plan: null };
  const sealed = sealPlan(withWhatIsThere(draft, facts));
  return { ...all, plan: parseFields(planSchema, sealed, 'ARGUMENT_INVALID') };
}

/** Reads directory and hosts as they are before a migration, with what they mean for the plan. */
export async function preflightPlan(
  deps: Ports,
  plan: Plan,
  now: Date,
): Promise<{ facts: Facts; findings: Finding[] }> {
  const request = {
    plan,
    gate: 'plan',
    expect: 'unlinked' as const,
    allowed: [],
    now: now.toISOString(),
    hosts: null,
  };
  return await retrying(deps.clock, () => preflight(deps, request, { eventsSince: null }));
}

/** Names of the requester and of all approvers. */
function namedPeople({ requestedBy, approvers, approverKeys }: PlanRequest): string[] {
  return [requestedBy, ...Object.values(approvers).flat(), ...approverKeys.map(({ approver }) => approver)];
}

/** The container is there, and nothing else stands where the dMSA will. Two reads. */
async function requirePlace(directory: Directory, { name, dn, container }: PlanDmsa): Promise<void> {
  if (!(await directory.read(container, ['objectClass']))) {
    throw errorAbout('container', 'NAME_UNKNOWN', `${container} is not in the directory`);
  }
  const present = await directory.read(dn, ['sAMAccountName']);
  const holder = present && (text(present, 'sAMAccountName') ?? 'an object without an account name');
  if (holder === null || holder.toLowerCase() === dmsaSamAccountName({ name }).toLowerCase()) return;
  throw errorAbout('dmsa', 'DMSA_NAME_TAKEN', `${dn} is taken by ${holder}`);
}

/** The plan names the services and application pools that were found, and a dMSA that is there already by its own DN. */
function withWhatIsThere(draft: DraftPlan, facts: Facts): DraftPlan {
  const found = new Map(facts.hosts.map((host) => [host.name, host]));
  return {
    ...draft,
    dmsa: facts.dmsa ? { ...draft.dmsa, dn: facts.dmsa.dn } : draft.dmsa,
    hosts: draft.hosts.map((host) => {
      const { services = [], pools = [] } = found.get(host.name) ?? {};
      return {
        ...host,
        services: services.map(({ name }) => name),
        ...(pools.length > 0 && { pools }),
      };
    }),
  };
}

/** Cmdlets go to the DC that is read from where that one is capable, else to the first that is. */
async function readPlanDomain(directory: Directory): Promise<PlanDomain> {
  const names = await readDomainNames(directory);
  const capableDcs = capable(await readControllers(directory));
  const reading = new URL(directory.rootDse().server).hostname;
  const server = capableDcs.find((name) => name.toLowerCase() === reading.toLowerCase()) ?? capableDcs[0];
  return { ...names, server: server ?? reading };
}
