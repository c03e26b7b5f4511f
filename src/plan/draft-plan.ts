import { childDn } from '../directory/dn.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { AccountFacts } from '../domain/facts/facts.ts';
import type { Person } from '../domain/plan/people.ts';
import type { GatePlan, Plan, PlanDmsa, PlanDomain, PlanGates, PlanHost } from '../domain/plan/plan.ts';
import type { PlanField } from './fields/field.ts';
import { gateFields } from './fields/gates.ts';
import { rolloutFields } from './fields/rollout.ts';
import { switchFields, waitFields } from './fields/waits.ts';
import type { PlanRequest } from './request.ts';

/** A plan without its hash; its hosts have no services yet. */
export type DraftPlan = Omit<Plan, 'hash'>;

/** Objects of the directory that a request names. */
export interface RequestedObjects {
  domain: PlanDomain;
  account: Pick<AccountFacts, 'dn' | 'guid' | 'sid' | 'samAccountName'>;
  /** SIDs of the hosts' computer accounts, by DNS name. */
  computerSids: Map<string, string>;
  people: Person[];
}

/** Puts each field of the request in its place in a plan. Throws NAME_UNKNOWN for a host without a computer account. */
export function draftPlan(request: PlanRequest, objects: RequestedObjects, now: Date): DraftPlan {
  const { dn, guid, sid, samAccountName } = objects.account;
  return {
    version: 1,
    createdAt: now.toISOString(),
    requestedBy: request.requestedBy,
    domain: objects.domain,
    account: { dn, guid, sid, samAccountName },
    dmsa: requestedDmsa(request, objects.domain),
    hosts: planHosts(request, objects.computerSids),
    rollout: pick(request, rolloutFields),
    waits: pick(request, waitFields),
    gates: planGates(request),
    people: objects.people,
    ...(request.approverKeys.length > 0 && { approverKeys: { keys: request.approverKeys } }),
    ...pick(request, switchFields),
  };
}

function planHosts(request: PlanRequest, sids: Map<string, string>): PlanHost[] {
  return request.hosts.map((name, index) => {
    const computerSid = sids.get(name);
    if (computerSid) return { name, computerSid, services: [], ...groupAndChecks(name, request) };
    const message = `hosts[${index}]: no computer account has the DNS name ${name}: write its full name`;
    throw new DmsaError('NAME_UNKNOWN', name, message);
  });
}

/** The group and the checks of a host: those of every host first, then its own. */
function groupAndChecks(name: string, request: PlanRequest): Pick<PlanHost, 'group' | 'checks'> {
  const group = request.groups.find(({ hosts }) => hosts.includes(name))?.name;
  const own = request.hostChecks.find(({ host }) => host === name)?.checks ?? [];
  const checks = [...request.checks, ...own];
  return { ...(group !== undefined && { group }), ...(checks.length > 0 && { checks }) };
}

/** The dMSA that the request names, with its defaults in this domain. */
export function requestedDmsa(request: PlanRequest, { baseDn, dnsName }: PlanDomain): PlanDmsa {
  const container = request.container ?? `CN=Managed Service Accounts,${baseDn}`;
  const dnsHostName = request.dnsHostName ?? `${request.dmsa}.${dnsName}`.toLowerCase();
  return { name: request.dmsa, dn: childDn('CN', request.dmsa, container), container, dnsHostName };
}

function planGates(request: PlanRequest): PlanGates {
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
