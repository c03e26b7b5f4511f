import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../src/config/settings.ts';
import { labControllers, located, named, type RunningController } from './controllers.ts';
import { startMemoryDirectory, startSambaDirectory } from './directories.ts';
import type { LabFaults } from './faults.ts';
import { SimulatedHost } from './hosts/host.ts';
import { hostOperations, managementOperations } from './hosts/operations.ts';
import type { LabDirectory } from './lab-directory.ts';
import type { Replication } from './replicas.ts';
import type { DomainController } from './rules/domain-controller.ts';
import type { SambaPlace } from './samba/samba.ts';
import { type Seeded, seed, seedChild } from './seed.ts';
import type { SshFaults } from './ssh/faults.ts';
import { newKeyPair } from './ssh/key-pair.ts';
import { type SshServer, startSshServer } from './ssh/server.ts';
import type { HandleOperation } from './ssh/session.ts';
import {
  childDomain,
  defaultTopology,
  type LabDomain,
  type LabHost,
  labDomain,
  managementHost,
  type Topology,
} from './topology.ts';

export interface LabOptions {
  topology?: Topology;
  directory?: 'lab' | 'samba';
  samba?: SambaPlace;
  faults?: LabFaults;
  /** The lab's only clock; real time where absent. */
  clock?: () => Date;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/** A simulated domain: a directory over LDAPS and hosts over SSH, each on a free port of loopback. */
export interface Lab {
  /** Settings that reach it: the same that a real domain would have, but for addresses. */
  readonly settings: Settings;
  /** What was there when it started. */
  readonly topology: Topology;
  /** The first one. */
  readonly dc: DomainController;
  /** Those that answer, of every domain, by DNS name. */
  readonly controllers: Record<string, RunningController>;
  /** How they replicate; null with a real server. */
  readonly replication: Replication | null;
  /** The domain below, where the topology has one. */
  readonly child: LabChildDomain | null;
  readonly hosts: SimulatedHost[];
  readonly seeded: Seeded;
  counts(): LabCounts;
  /** Ends every server and removes the folder. */
  close(): Promise<void>;
}

export interface LabChildDomain {
  /** The same but for the directory: they reach a DC of this domain. */
  readonly settings: Settings;
  readonly dc: DomainController;
  readonly hosts: SimulatedHost[];
  readonly seeded: Seeded;
}

export interface LabCounts {
  /** LDAP operations by kind, of all DCs; null where a real server answers, which is not counted. */
  ldap: Record<string, number> | null;
  /** Sessions that were begun on each host, and what they asked for. */
  ssh: Record<string, { connections: number; sessions: number; operations: Record<string, number> }>;
  restarts: number;
}

const sshUser = 'dmsa-worker';
/** Whom event 3085 names: the identity that the cmdlets run as. */
const cmdletIdentity = `${labDomain.netbiosName}\\dmsa-worker`;

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-lab-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const lab = await build(folder, closing, options);
    return { ...lab, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  folder: string,
  closing: (() => Promise<unknown>)[],
  options: LabOptions,
): Promise<Omit<Lab, 'close'>> {
  const topology = structuredClone(options.topology ?? defaultTopology());
  const clock = options.clock ?? (() => new Date());
  const start = options.directory === 'samba' ? startSambaDirectory : startMemoryDirectory;
  const directory = await start({ ...options, topology, clock });
  closing.push(directory.close);
  const own = labControllers(directory.controllers, clock);
  const below = labControllers(directory.childControllers, clock);
  const controllers = [...own, ...below];
  const { dc } = own[0]!;
  const seeded = await seed(dc, topology);
  const hosts = simulate(topology.hosts, own, seeded, {
    accountName: topology.account.name,
    domain: labDomain,
  });
  const { child } = topology;
  const childSeeded = child && (await seedChild(below[0]!.dc, child));
  const childHosts =
    child && childSeeded
      ? simulate(child.hosts, below, childSeeded, {
          accountName: child.account.name,
          domain: childDomain(child),
        })
      : [];
  const client = newKeyPair();
  const handlers: [string, HandleOperation][] = [
    [managementHost, managementOperations((server) => named(controllers, server), cmdletIdentity, clock)],
    ...[...hosts, ...childHosts].map((host): [string, HandleOperation] => [
      host.settings.name,
      hostOperations(host),
    ]),
  ];
  const servers: SshServer[] = [];
  for (const [host, handle] of handlers) {
    const users = [{ name: sshUser, publicKey: client.public }];
    const faults = whileUp(host, [...hosts, ...childHosts], options.faults?.ssh);
    const server = await startSshServer({ host, users, handle, faults });
    closing.push(() => server.close());
    servers.push(server);
  }
  const settings = await writeSettings(folder, directory, servers, client.private);
  return {
    settings,
    topology,
    dc,
    controllers: Object.fromEntries(controllers.map((controller) => [controller.name, controller])),
    replication: directory.replication,
    child: childSeeded
      ? {
          settings: { ...settings, directory: { ...settings.directory, urls: urlsOf(below) } },
          dc: below[0]!.dc,
          hosts: childHosts,
          seeded: childSeeded,
        }
      : null,
    hosts,
    seeded,
    counts: () => ({
      ldap: total(controllers),
      ssh: Object.fromEntries(servers.map((server) => [server.host, structuredClone(server.counts)])),
      restarts: [...hosts, ...childHosts].reduce((sum, host) => sum + host.restarts, 0),
    }),
  };
}

/** A host that restarts refuses every connection, whatever faults it was told besides. */
function whileUp(name: string, hosts: SimulatedHost[], told?: SshFaults): SshFaults {
  const host = hosts.find(({ settings }) => settings.name === name);
  return {
    ...told,
    onConnection: (asked) => (host?.isDown ? 'refuse' : (told?.onConnection?.(asked) ?? null)),
    // A connection that was kept from before dies with it.
    onSession: (asked, operation) =>
      host?.isDown ? 'drop-before' : (told?.onSession?.(asked, operation) ?? null),
  };
}

/** Hosts find the first DC of their domain that answers, as the DC locator would. */
function simulate(
  hosts: LabHost[],
  controllers: RunningController[],
  { computerSids }: Seeded,
  identity: { accountName: string; domain: LabDomain },
): SimulatedHost[] {
  return hosts.map((host) => {
    const computerSid = computerSids.get(host.name)!;
    return new SimulatedHost(host, () => located(controllers), { ...identity, computerSid });
  });
}

function total(controllers: RunningController[]): Record<string, number> | null {
  const sum: Record<string, number> = {};
  for (const counts of controllers.map((controller) => controller.counts())) {
    if (counts === null) return null;
    for (const [kind, count] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + count;
  }
  return sum;
}

function urlsOf(controllers: { name: string }[]): string[] {
  return controllers.map(({ name }) => `ldaps://${name}:636`);
}

/** Keys, known hosts and passwords as files, as an administrator would have them. */
async function writeSettings(
  folder: string,
  directory: LabDirectory,
  servers: SshServer[],
  privateKey: string,
): Promise<Settings> {
  const file = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const records = join(folder, 'records');
  await mkdir(records, { mode: 0o700 });
  const addresses = servers.map(({ host, address, port }) => [host, { address, port }] as const);
  const password = { file: await file('directory-password', directory.password) };
  const dcs = [...directory.controllers, ...directory.childControllers];
  return {
    directory: {
      urls: urlsOf(directory.controllers),
      caFile: await file('ca.pem', directory.caPem),
      user: directory.user,
      password,
    },
    management: { host: managementHost },
    powershell: {
      transport: 'ssh',
      user: sshUser,
      privateKeyFile: await file('id_ed25519', privateKey),
      passphrase: null,
      knownHostsFile: await file(
        'known_hosts',
        servers.map((server) => `${server.knownHostsLine}\n`).join(''),
      ),
      credential: { user: cmdletIdentity, password },
    },
    hosts: Object.fromEntries([...dcs.map(({ name, at }) => [name, at] as const), ...addresses]),
    worker: { taskQueue: 'dmsa' },
    records: { folder: records },
  };
}
