import { retrying } from '../async/retrying.ts';
import { type Directory, withDirectory } from '../directory/directory.ts';
import { childDn } from '../directory/dn.ts';
import { text } from '../directory/entry.ts';
import { findComputers } from '../directory/names/find-computers.ts';
import { capable, readControllers } from '../directory/read/read-controllers.ts';
import { readDomainNames } from '../directory/read/read-domain.ts';
import { DmsaError, errorAbout } from '../domain/errors/errors.ts';
import type { Facts } from '../domain/facts/facts.ts';
import { blocking, type Finding } from '../domain/findings/findings.ts';
import {
  dmsaSamAccountName,
  type GatePlan,
  migrationId,
  type Plan,
  type PlanDomain,
  type PlanGates,
  type PlanHost,
} from '../domain/plan/plan.ts';
import { preflight } from '../inspection/preflight.ts';
import type { Ports } from '../ports.ts';
import type { PlanField } from './fields/field.ts';
import { gateFields } from './fields/gates.ts';
import { rolloutFields } from './fields/rollout.ts';
import { switchFields, waitFields } from './fields/waits.ts';
import { findAccount } from './find-account.ts';
import { sealPlan } from './hash.ts';
import { parsePlan } from './parse-plan.ts';
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
  const found = await retrying(() =>
    withDirectory(deps.connectDirectory, {}, async (directory) => {
      const domain = await domainOf(directory);
      const wanted = await findAccount(directory, request.account, domain);
      await requirePlace(directory, dmsaOf(request, domain));
      const sids = await findComputers(directory, request.hosts);
      return { domain, wanted, sids, known: await findPeople(directory, namedPeople(request), domain) };
    }),
  );
  const { domain, wanted } = found;
  if (!wanted.account) {
    const facts = { account: null, dmsa: null, hosts: [] };
    return { migrationId: '', plan: null, findings: [wanted.finding], facts };
  }
  const { dn, guid, sid, samAccountName } = wanted.account;
  const draft: Omit<Plan, 'hash'> = {
    version: 1,
    createdAt: now.toISOString(),
    requestedBy: request.requestedBy,
    domain,
    account: { dn, guid, sid, samAccountName },
    dmsa: dmsaOf(request, domain),
    hosts: planHosts(request, found.sids),
    rollout: pick(request, rolloutFields),
    waits: pick(request, waitFields),
    gates: gatesOf(request),
    people: found.known.people,
    ...(request.approverKeys.length > 0 && { approverKeys: { keys: request.approverKeys } }),
    ...pick(request, switchFields),
  };
  const { facts, findings } = await retrying(() =>
    preflight(
      deps,
      {
        plan: { ...draft, hash: '' },
        gate: 'plan',
        expect: 'unlinked',
        allowed: [],
        now: draft.createdAt,
        hosts: null,
      },
      { eventsSince: null },
    ),
  );
  const plan =
    blocking(findings).length > 0
      ? null
      : parsePlan(sealPlan(withWhatIsThere(draft, facts)), 'ARGUMENT_INVALID');
  return { migrationId: migrationId(draft), plan, findings: [...findings, ...found.known.findings], facts };
}

/** Names of the requester and of all approvers. */
function namedPeople({ requestedBy, approvers, approverKeys }: PlanRequest): string[] {
  return [requestedBy, ...Object.values(approvers).flat(), ...approverKeys.map(({ approver }) => approver)];
}

/** The container is there, and nothing else stands where the dMSA will. Two reads. */
async function requirePlace(directory: Directory, { name, dn, container }: Plan['dmsa']): Promise<void> {
  if (!(await directory.read(container, ['objectClass']))) {
    throw errorAbout('container', 'NAME_UNKNOWN', `${container} is not in the directory`);
  }
  const present = await directory.read(dn, ['sAMAccountName']);
  const holder = present && (text(present, 'sAMAccountName') ?? 'an object without an account name');
  if (holder === null || holder.toLowerCase() === dmsaSamAccountName({ name }).toLowerCase()) return;
  throw errorAbout('dmsa', 'DMSA_NAME_TAKEN', `${dn} is taken by ${holder}`);
}

/** The plan names the services and application pools that were found, and a dMSA that is there already by its own DN. */
function withWhatIsThere(draft: Omit<Plan, 'hash'>, facts: Facts): Omit<Plan, 'hash'> {
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
async function domainOf(directory: Directory): Promise<PlanDomain> {
  const names = await readDomainNames(directory);
  const capableDcs = capable(await readControllers(directory));
  const reading = new URL(directory.rootDse().server).hostname;
  const server = capableDcs.find((name) => name.toLowerCase() === reading.toLowerCase()) ?? capableDcs[0];
  return { ...names, server: server ?? reading };
}

function planHosts(request: PlanRequest, sids: Map<string, string>): PlanHost[] {
  return request.hosts.map((name, index) => {
    const computerSid = sids.get(name);
    if (computerSid) return { name, computerSid, services: [], ...careOf(name, request) };
    const message = `hosts[${index}]: no computer account has the DNS name ${name}: write its full name`;
    throw new DmsaError('NAME_UNKNOWN', name, message);
  });
}

/** The group and the checks of a host: those of every host first, then its own. */
function careOf(name: string, request: PlanRequest): Pick<PlanHost, 'group' | 'checks'> {
  const group = request.groups.find(({ hosts }) => hosts.includes(name))?.name;
  const own = request.hostChecks.find(({ host }) => host === name)?.checks ?? [];
  const checks = [...request.checks, ...own];
  return { ...(group !== undefined && { group }), ...(checks.length > 0 && { checks }) };
}

function dmsaOf(request: PlanRequest, { baseDn, dnsName }: PlanDomain): Plan['dmsa'] {
  const container = request.container ?? `CN=Managed Service Accounts,${baseDn}`;
  const dnsHostName = request.dnsHostName ?? `${request.dmsa}.${dnsName}`.toLowerCase();
  return { name: request.dmsa, dn: childDn('CN', request.dmsa, container), container, dnsHostName };
}

function gatesOf(request: PlanRequest): PlanGates {
  const gate = (name: keyof PlanGates): GatePlan => ({
    approvers: request.approvers[name] ?? [],
    ...pick({ ...request, ...request.gates?.[name] }, gateFields),
  });
  return {
    start: gate('start'),
    complete: gate('complete'),
    ...(request.waveGate && { wave: gate('wave') }),
    ...(request.soakGate && { soak: gate('soak') }),
  };
}

/** The fields of a part of the plan. Absent ones stay absent, as they are not hashed. */
function pick<Name extends keyof PlanRequest>(
  request: PlanRequest,
  fields: Record<Name, PlanField>,
): Pick<PlanRequest, Name> {
  const names = (Object.keys(fields) as Name[]).filter((name) => request[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, request[name]])) as Pick<PlanRequest, Name>;
}
