import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../../lab/lab.ts';
import { type LabHost, managementHost } from '../../../lab/topology.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { engine, type Registry, withParents } from '../../activities/scripts/engine.ts';
import { type HostState, hostState, service } from '../../activities/scripts/states.ts';
import { defaultConfig, homeIn, type OpenSsh, startOpenSsh } from '../../integration/openssh-server.ts';
import { type Bridge, startBridge } from './bridge.ts';

/** The hosts of a lab as real OpenSSH servers with the PowerShell engine, each with registry and services of its own. */
export interface WindowsHosts {
  /** The lab's, but for the way to its hosts. */
  settings: Settings;
  names: string[];
  /** What the stub module keeps: services, log, events, calls. */
  state(host: string): Promise<HostState>;
  registry(host: string): Promise<Registry>;
  /** How many connections the host has taken. */
  connections(host: string): number;
  /** What their stub modules asked the domain. */
  bridge: Bridge;
  close(): Promise<void>;
}

const stubs = fileURLToPath(new URL('../../activities/scripts/stubs/', import.meta.url));
const extensions = fileURLToPath(new URL('./', import.meta.url));
/** It is there on every Windows. */
const policies = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';
const policyKey = `${policies}\\Kerberos\\Parameters`;

export async function startWindowsHosts(lab: Lab): Promise<WindowsHosts> {
  const bridge = await startBridge(lab);
  const servers = new Map<string, OpenSsh>();
  const close = async () => {
    await Promise.all([...servers.values()].map((server) => server.close()));
    await bridge.close();
  };
  try {
    for (const { name } of lab.topology.hosts) servers.set(name, await startOpenSsh(name, {}));
    servers.set(managementHost, await startOpenSsh(managementHost, {}));
    const [first] = servers.values();
    for (const host of lab.topology.hosts)
      await furnish(
        servers.get(host.name)!,
        first!,
        hostEnvironment(bridge),
        stateOf(host),
        registryOf(host),
      );
    await furnish(
      servers.get(managementHost)!,
      first!,
      managementEnvironment(bridge),
      hostState({ name: 'MGMT01' }),
      withParents({}),
    );
    const folder = (host: string) => servers.get(host)!.folder;
    return {
      settings: await settingsOf(lab, servers),
      names: [...servers.keys()],
      state: (host) => json(join(folder(host), 'state.json')),
      registry: (host) => json(join(folder(host), 'registry.json')),
      connections: (host) => servers.get(host)!.connections(),
      bridge,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One key opens all of them: the first host's. */
async function furnish(
  server: OpenSsh,
  first: OpenSsh,
  environment: Record<string, string>,
  state: HostState,
  registry: Registry,
): Promise<void> {
  const { folder } = server;
  if (server !== first) await copyFile(`${first.folder}/authorized_keys`, `${folder}/authorized_keys`);
  await writeFile(`${folder}/state.json`, JSON.stringify(state));
  await writeFile(`${folder}/registry.json`, JSON.stringify(registry));
  const all: Record<string, string> = {
    ...environment,
    ...homeIn(folder),
    // Windows' own programs are stubs that run on Node.
    PATH: `${folder}/bin:${dirname(process.execPath)}:/usr/bin:/bin`,
    PWSH_REGISTRY: `${folder}/registry.json`,
    STUB_HOST: `${folder}/state.json`,
    SystemRoot: `${stubs}system-root`,
    STUB_ENGINE: engine!,
  };
  const assignments = Object.entries(all).map(([name, value]) => `"${name}=${value}"`);
  const others = defaultConfig(folder).filter((line) => !line.startsWith('SetEnv '));
  await server.configure([...others, `SetEnv ${assignments.join(' ')}`]);
}

function hostEnvironment({ address }: Bridge): Record<string, string> {
  return {
    PSModulePath: `${stubs}host`,
    STUB_BRIDGE: address,
    STUB_HOST_EXTENSION: `${extensions}host.ps1`,
  };
}

function managementEnvironment(bridge: Bridge): Record<string, string> {
  return {
    ...hostEnvironment(bridge),
    PSModulePath: `${stubs}host:${stubs}directory`,
    STUB_DIRECTORY_EXTENSION: `${extensions}directory.ps1`,
    STUB_READS_CONTROLLER: 'yes',
  };
}

function stateOf({ name, build, eventLogEnabled, services }: LabHost): HostState {
  return hostState({
    name: name.split('.')[0]!.toUpperCase(),
    build,
    eventLogEnabled,
    services: services.map((each) => service(each.name, { startName: each.startName })),
  });
}

function registryOf({ policy }: LabHost): Registry {
  if (!policy.keyExists) return withParents({ [policies]: {} });
  const values: Registry[string] = {};
  if (policy.value !== null) values.DelegatedMSAEnabled = { type: 'DWord', value: policy.value };
  return withParents({ [policies]: {}, [policyKey]: values });
}

async function settingsOf(lab: Lab, servers: Map<string, OpenSsh>): Promise<Settings> {
  const [first] = servers.values();
  const knownHostsFile = `${first!.folder}/known_hosts_of_all`;
  const lines = [...servers.values()].map(({ settings }) => readFile(settings.knownHostsFile, 'utf8'));
  await writeFile(knownHostsFile, (await Promise.all(lines)).join(''));
  const ways = [...servers].map(([host, { port }]) => [host, { address: '127.0.0.1', port }] as const);
  const { credential } = lab.settings.powershell;
  return {
    ...lab.settings,
    powershell: { ...first!.settings, knownHostsFile, credential },
    hosts: { ...lab.settings.hosts, ...Object.fromEntries(ways) },
  };
}

async function json<T>(file: string): Promise<T> {
  return JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
}
