import { createHash } from 'node:crypto';

import {
  type ConnectDirectory,
  type Directory,
  fromOneDc,
  serverToKeep,
  withDirectory,
} from './directory/directory.ts';
import { sameDn } from './directory/dn.ts';
import { readAccount, readDmsa } from './directory/read-account.ts';
import { readDomain } from './directory/read-domain.ts';
import { withPrincipalNames } from './directory/read-principals.ts';
import { readReplicas } from './directory/read-replicas.ts';
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
  /** DNS name of the DC to read from while it answers; the first in the settings where absent. */
  server?: string;
}

/** Reads everything, says what it means, and hashes what will be voted on. Changes nothing. */
export async function preflight(
  deps: PreflightDeps,
  request: PreflightRequest,
  options: InspectOptions,
): Promise<Evidence> {
  const { plan, hosts } = request;
  const [directory, inspections] = await Promise.all([
    readDirectory(deps, request, options.signal),
    hosts
      ? []
      : inspectHosts(
          deps.transport,
          plan.hosts.map((host) => host.name),
          plan,
          options,
        ),
  ]);
  const { domain, server, ...objects } = directory;
  const facts: Facts = { ...objects, hosts: hosts ?? inspections.map((inspection) => inspection.facts) };
  const findings = assess({ ...request, facts, domain, sameDn });
  const evidence = { facts, domain, server, findings };
  return { ...evidence, hash: sha256(votedOn(evidence, plan.hash, request.gate)) };
}

/** Directory and hosts as they are now, for comparing with what was before; reads as few things as preflight does. */
export async function readFacts(
  deps: PreflightDeps,
  plan: Plan,
  { server: prefer, ...options }: InspectOptions & { server?: string },
) {
  const connecting = { signal: options.signal, prefer };
  const [{ objects, server }, inspections] = await Promise.all([
    withDirectory(deps.connectDirectory, connecting, async (directory) => {
      const objects = await fromOneDc(directory, () => readObjects(directory, plan));
      return { objects, server: directory.dc };
    }),
    inspectHosts(
      deps.transport,
      plan.hosts.map((host) => host.name),
      plan,
      options,
    ),
  ]);
  const facts: Facts = { ...objects, hosts: inspections.map((inspection) => inspection.facts) };
  return { facts, inspections, server };
}

/** What one DC says, and where the other DCs in the settings differ from it. */
async function readDirectory(
  deps: PreflightDeps,
  { plan, server: prefer }: Pick<PreflightRequest, 'plan' | 'server'>,
  signal?: AbortSignal,
): Promise<Omit<Facts, 'hosts'> & { domain: DomainFacts; server: string }> {
  const read = await withDirectory(deps.connectDirectory, { signal, prefer }, async (directory) => {
    const found = await fromOneDc(directory, async () => ({
      domain: await readDomain(directory),
      ...(await readObjects(directory, plan)),
    }));
    return { ...found, dc: directory.dc };
  });
  const { dc, domain, ...objects } = read;
  const others = deps.directoryServers.filter((name) => name !== dc);
  const replicas = await readReplicas(deps.connectDirectory, others, plan, objects, signal);
  const server = serverToKeep(dc, domain.capableDcs, prefer ?? dc);
  return { ...objects, domain: { ...domain, replicas }, server };
}

async function readObjects(directory: Directory, target: Target): Promise<Omit<Facts, 'hosts'>> {
  const account = await readAccount(directory, target.account.guid);
  const dmsa: DmsaFacts | null = await readDmsa(directory, dmsaSamAccountName(target.dmsa));
  return { account, dmsa: dmsa && (await withPrincipalNames(directory, dmsa)) };
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
