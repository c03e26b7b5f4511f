import { createHash } from 'node:crypto';

import { type ConnectDirectory, type Directory, withDirectory } from './directory/directory.ts';
import { sameDn } from './directory/dn.ts';
import { readAccount, readDmsa } from './directory/read-account.ts';
import { readDomain } from './directory/read-domain.ts';
import { withPrincipalNames } from './directory/read-principals.ts';
import { assess, type Expectation, votedOn } from './domain/assess.ts';
import { canonicalJson } from './domain/canonical.ts';
import type { DmsaFacts, DomainFacts, Evidence, Facts, HostFacts } from './domain/facts.ts';
import { dmsaSamAccountName, type Plan, type Target } from './domain/plan.ts';
import { type InspectOptions, inspectHosts } from './hosts/inspect.ts';
import type { Transport } from './powershell/transport.ts';

export interface PreflightDeps {
  connectDirectory: ConnectDirectory;
  /** DNS names of the DCs in the settings, in their order. */
  directoryServers: string[];
  transport: Transport;
}

export interface PreflightRequest {
  plan: Pick<Plan, 'account' | 'dmsa' | 'domain' | 'hosts' | 'hash'>;
  /** What the hash is for: a gate's name, or `plan`. */
  gate: string;
  expect: Expectation;
  allowed: string[];
  /** ISO 8601. */
  now: string;
  /** Facts to take over instead of asking the hosts again. */
  hosts: HostFacts[] | null;
}

/** Reads everything, says what it means, and hashes what will be voted on. Changes nothing. */
export async function preflight(
  deps: PreflightDeps,
  request: PreflightRequest,
  options: InspectOptions,
): Promise<Evidence> {
  const { plan, hosts } = request;
  const [directory, inspections] = await Promise.all([
    readDirectory(deps, plan, options.signal),
    hosts
      ? []
      : inspectHosts(
          deps.transport,
          plan.hosts.map((host) => host.name),
          plan,
          options,
        ),
  ]);
  const { domain, ...objects } = directory;
  const facts: Facts = { ...objects, hosts: hosts ?? inspections.map((inspection) => inspection.facts) };
  const findings = assess({ ...request, facts, domain, sameDn });
  const evidence = { facts, domain, findings };
  return { ...evidence, hash: sha256(votedOn(evidence, plan.hash, request.gate)) };
}

/** Directory and hosts as they are now, for comparing with what was before; reads as few things as preflight does. */
export async function readFacts(deps: PreflightDeps, plan: Plan, options: InspectOptions) {
  const [objects, inspections] = await Promise.all([
    withDirectory(deps.connectDirectory, { signal: options.signal }, (directory) =>
      readObjects(directory, plan),
    ),
    inspectHosts(
      deps.transport,
      plan.hosts.map((host) => host.name),
      plan,
      options,
    ),
  ]);
  const facts: Facts = { ...objects, hosts: inspections.map((inspection) => inspection.facts) };
  return { facts, inspections };
}

async function readDirectory(
  deps: PreflightDeps,
  target: Target,
  signal?: AbortSignal,
): Promise<Omit<Facts, 'hosts'> & { domain: DomainFacts }> {
  return await withDirectory(deps.connectDirectory, { signal }, async (directory) => ({
    domain: await readDomain(directory),
    ...(await readObjects(directory, target)),
  }));
}

async function readObjects(directory: Directory, target: Target): Promise<Omit<Facts, 'hosts'>> {
  const account = await readAccount(directory, target.account.guid);
  const dmsa: DmsaFacts | null = await readDmsa(directory, dmsaSamAccountName(target.dmsa));
  return { account, dmsa: dmsa && (await withPrincipalNames(directory, dmsa)) };
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
