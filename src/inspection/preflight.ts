import { createHash } from 'node:crypto';
import { type Directory, fromOneDc, serverToKeep, withDomain } from '../directory/directory.ts';
import { sameDn } from '../directory/dn.ts';
import { readLogonNames } from '../directory/names/logon-names.ts';
import { withPrincipalNames } from '../directory/principals/read-principals.ts';
import { readDomain } from '../directory/read/read-domain.ts';
import { readPair } from '../directory/read/read-pair.ts';
import { readProtectedGroups } from '../directory/read/read-privileges.ts';
import { readReplicas } from '../directory/read/read-replicas.ts';
import { readSpnHolders } from '../directory/read/read-spn-holders.ts';
import { assess, votedOn } from '../domain/assess/assess.ts';
import type { Expectation } from '../domain/assess/assessed.ts';
import type { DomainFacts } from '../domain/facts/domain-facts.ts';
import type { Evidence } from '../domain/facts/evidence.ts';
import type { Facts } from '../domain/facts/facts.ts';
import type { HostFacts } from '../domain/facts/host-facts.ts';
import type { Surroundings } from '../domain/facts/surroundings.ts';
import type { Finding } from '../domain/findings/findings.ts';
import type { Plan, Target } from '../domain/plan/plan.ts';
import { canonicalJson } from '../domain/values/canonical.ts';
import type { Ports } from '../ports.ts';
import type { InspectOptions } from './ask-host.ts';
import { type AnswerKey, type HostInspection, inspectHosts } from './inspect-hosts.ts';

export interface PreflightRequest {
  plan: Pick<Plan, 'account' | 'dmsa' | 'domain' | 'hosts' | 'hash' | 'waitForKds' | 'approverKeys'>;
  /** Purpose of the hash: a gate's name, or `plan`. */
  gate: string;
  expect: Expectation;
  allowed: string[];
  /** ISO 8601. */
  now: string;
  /** Facts to take over instead of asking the hosts again. */
  hosts: HostFacts[] | null;
  /** Findings of these hosts when they were asked; absent where there is nothing to take over. */
  hostFindings?: Finding[];
  /** When the migration set the policy value of hosts: see assess(). */
  policySetAt?: Record<string, string>;
  /** DNS name of the DC to read from while it answers; the first in the settings where absent. */
  server?: string;
}

/** Reads everything, says what it means, and hashes what will be voted on, with the DC that was read. Changes nothing. */
export async function preflight(
  deps: Ports,
  request: PreflightRequest,
  options: InspectOptions,
): Promise<Evidence & { dc: string }> {
  const { plan, hosts } = request;
  const reading = readDirectory(deps, request, options.signal);
  const [directory, inspections] = await Promise.all([
    reading,
    hosts ? [] : inspectPlanned(deps, plan, reading, options),
  ]);
  const { domain, spnHolders, protectedGroups, server, dc, account, dmsa } = directory;
  const besides = inspections.flatMap(({ facts, surroundings: said }) => (said ? [[facts.name, said]] : []));
  const surroundings: Surroundings = { spnHolders, protectedGroups, hosts: Object.fromEntries(besides) };
  const facts: Facts = { account, dmsa, hosts: hosts ?? inspections.map((inspection) => inspection.facts) };
  const isSigned = plan.approverKeys !== undefined && request.gate === 'start';
  const findings = assess({ ...request, facts, domain, surroundings, sameDn, isSigned });
  const evidence = { facts, domain: shortened(domain), server, findings };
  return { ...evidence, dc, hash: hashOf(votedOn(evidence, plan.hash, request.gate)) };
}

/** Directory and hosts as they are now, for comparing with what was before; reads as few things as preflight does. */
export async function readFacts(
  deps: Ports,
  plan: Plan,
  { server: prefer, ...options }: InspectOptions & { server?: string },
) {
  const connecting = { signal: options.signal, prefer };
  const reading = withDomain(deps.connectDirectory, connecting, plan, async (directory) => {
    const read = await fromOneDc(directory, () => readObjects(directory, plan));
    const { dc, clock } = directory.rootDse();
    return { ...read, dc, clock };
  });
  const [{ account, dmsa, dc }, inspections] = await Promise.all([
    reading,
    inspectPlanned(deps, plan, reading, options),
  ]);
  const facts: Facts = { account, dmsa, hosts: inspections.map((inspection) => inspection.facts) };
  return { facts, inspections, dc };
}

/** Cuts long lists: evidence is kept in the workflow, whose state has to stay small. */
function shortened(domain: DomainFacts): DomainFacts {
  const most = 20;
  return {
    ...domain,
    capableDcs: domain.capableDcs.slice(0, most),
    controllers: domain.controllers.slice(0, most),
    kdsKeys: domain.kdsKeys.slice(0, most),
    replication: domain.replication?.slice(0, most) ?? null,
  };
}

/** Hosts are asked while the directory is read, which says by which names the account logs on. */
function inspectPlanned(
  ports: Ports,
  { hosts }: Pick<Plan, 'hosts'>,
  reading: Promise<AnswerKey>,
  options: InspectOptions,
): Promise<HostInspection[]> {
  const names = hosts.map((host) => host.name);
  return inspectHosts(ports, names, reading, options);
}

/** Reads one DC, and compares the other DCs in the settings with it. */
async function readDirectory(
  deps: Ports,
  { plan, server: prefer }: Pick<PreflightRequest, 'plan' | 'server'>,
  signal?: AbortSignal,
): Promise<PairOnHosts & AroundAccount & AnswerKey & { domain: DomainFacts; dc: string; server: string }> {
  const read = await withDomain(deps.connectDirectory, { signal, prefer }, plan, async (directory) => {
    const found = await fromOneDc(directory, async () => {
      const domain = await readDomain(directory);
      const objects = await readObjects(directory, plan);
      return { domain, objects, surroundings: await readSurroundings(directory, objects) };
    });
    const { dc, clock } = directory.rootDse();
    return { ...found, dc, clock };
  });
  const { dc, clock, domain, objects, surroundings } = read;
  const others = deps.directoryServers.filter((name) => name !== dc);
  const replicas = await readReplicas(deps.connectDirectory, others, plan, objects, signal);
  const server = serverToKeep(dc, domain.capableDcs, prefer ?? dc);
  return { ...objects, ...surroundings, domain: { ...domain, replicas }, clock, dc, server };
}

type AroundAccount = Omit<Surroundings, 'hosts'>;

type PairOnHosts = Omit<Facts, 'hosts'> & Pick<AnswerKey, 'identity'>;

async function readObjects(directory: Directory, target: Target & Pick<Plan, 'hosts'>): Promise<PairOnHosts> {
  const { account, dmsa } = await readPair(directory, target);
  const names = await readLogonNames(directory, account, target);
  const identity = { names, domain: target.domain, sid: target.account.sid };
  const hosts = target.hosts.map((host) => host.computerSid);
  return { account, dmsa: dmsa && (await withPrincipalNames(directory, dmsa, hosts)), identity };
}

/** Two searches and a read; one search more for every 200 service principal names beyond the first 200. */
async function readSurroundings(directory: Directory, objects: PairOnHosts): Promise<AroundAccount> {
  const { account } = objects;
  return {
    protectedGroups: account ? await readProtectedGroups(directory, account) : [],
    spnHolders: await readSpnHolders(directory, objects),
  };
}

/** SHA-256, hex, of the canonical JSON of a value. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
