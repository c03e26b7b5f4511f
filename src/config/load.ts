import { resolve } from 'node:path';

import { z } from 'zod';

import { type SettingKey, secretEndings, settingKeys } from './keys.ts';
import { invalid, readSources, type Sources, type Written } from './read.ts';
import type { Secret } from './secret.ts';
import type {
  CertificateLogin,
  ClientSettings,
  HostAddress,
  LocalSettings,
  LogLevel,
  PasswordLogin,
  PowerShellSettings,
  ReadingSettings,
  Settings,
  SshAgentLogin,
  SshKeyLogin,
  SshPasswordLogin,
  SshSettings,
} from './settings.ts';

/**
 * The settings: flags over environment (`DMSA_…`) over `dmsa.toml`. Relative paths are relative to the file they are
 * written in, else to the working folder; secrets are places, not values.
 * Throws DmsaError PLAN_INVALID, one line that names the file or variable, the key and the accepted form.
 */
export async function loadSettings(sources: Partial<Sources> = {}): Promise<Settings> {
  const values = await reader(sources);
  return {
    management: { host: values.text('management.host').toLowerCase() },
    powershell: powerShellPart(values),
    ...directoryPart(values),
    ...clientPart(values),
  };
}

function powerShellPart(values: Reader): PowerShellSettings {
  return values.text('powershell.transport') === 'local' ? localPart(values) : sshPart(values);
}

function localPart(values: Reader): LocalSettings {
  refuse(
    values,
    sshKeys,
    'is for transport = "ssh": with "local", hosts know the worker by its own identity',
  );
  const managementConfigurationName = values.optionalText('powershell.management-configuration-name');
  if (managementConfigurationName !== null)
    refuse(
      values,
      ['credential-user', 'credential-password'],
      'is given together with management-configuration-name, an endpoint that has its own identity: keep one',
    );
  return {
    transport: 'local',
    program: values.optionalText('powershell.program') ?? 'powershell.exe',
    configurationName: values.optionalText('powershell.configuration-name'),
    managementConfigurationName,
    credential: cmdletCredential(values),
  };
}

function sshPart(values: Reader): SshSettings {
  refuse(values, localKeys, 'needs transport = "local"');
  const user = values.text('powershell.user');
  const jumpHost = values.optionalText('powershell.jump-host');
  if (!jumpHost) refuse(values, ['jump-user'], 'needs jump-host');
  const jumpUser = values.optionalText('powershell.jump-user') ?? user;
  return {
    transport: 'ssh',
    user,
    ...sshLogin(values),
    knownHostsFile: knownHostsFile(values),
    ...(jumpHost ? { jump: { host: jumpHost.toLowerCase(), user: jumpUser } } : {}),
    credential: cmdletCredential(values),
  };
}

/** Exactly one of key, agent and password. */
function sshLogin(values: Reader): SshKeyLogin | SshAgentLogin | SshPasswordLogin {
  const [first, second] = ['private-key-file', 'agent', 'password'].flatMap((key) => {
    const place = values.writtenPlace(`powershell.${key}`);
    return place ? [{ key, place }] : [];
  });
  if (second) throw invalid(second.place, `is given together with ${first!.place}: keep one login`);
  if (first?.key !== 'private-key-file') refuse(values, ['passphrase'], 'needs private-key-file');
  if (first?.key === 'agent') return { agent: values.agent() };
  if (first?.key === 'password') return { password: values.secret('powershell.password') };
  if (!first) throw values.missing('powershell.private-key-file', ' (or agent, or password-file)');
  return {
    privateKeyFile: values.text('powershell.private-key-file'),
    passphrase: values.optionalSecret('powershell.passphrase'),
  };
}

/** Without the file, no host would be talked to that has no fingerprint; with none at all, that is an oversight. */
function knownHostsFile(values: Reader): string | null {
  const file = values.optionalText('powershell.known-hosts-file');
  const pinned = Object.values(values.hosts()).some(({ fingerprint }) => fingerprint);
  if (file === null && !pinned) throw values.missing('powershell.known-hosts-file');
  return file;
}

const localKeys = ['program', 'configuration-name', 'management-configuration-name'];
const sharedKeys = ['transport', 'credential-user', 'credential-password'];
const sshKeys = settingKeys
  .flatMap(({ name }) => (name.startsWith('powershell.') ? [name.slice('powershell.'.length)] : []))
  .filter((key) => !localKeys.includes(key) && !sharedKeys.includes(key));

function refuse(values: Reader, keys: string[], why: string): void {
  for (const key of keys) {
    const place = values.writtenPlace(`powershell.${key}`);
    if (place) throw invalid(place, why);
  }
}

function cmdletCredential(values: Reader): { user: string; password: Secret } | null {
  const user = values.optionalText('powershell.credential-user');
  const password = values.optionalSecret('powershell.credential-password');
  if ((user === null) !== (password === null))
    throw invalid(
      '[powershell] credential-user',
      'needs credential-password-file, -env or -command, and they need it',
    );
  return user && password ? { user, password } : null;
}

/** What is needed to read the directory and our own records, and nothing of hosts. Throws as above. */
export async function loadDirectorySettings(sources: Partial<Sources> = {}): Promise<ReadingSettings> {
  const values = await reader(sources);
  return { ...directoryPart(values), ...clientPart(values) };
}

function directoryPart(values: Reader): Pick<Settings, 'directory' | 'hosts'> {
  return {
    directory: {
      urls: values.list('directory.urls'),
      caFile: values.optionalText('directory.ca-file'),
      ...directoryLogin(values),
    },
    hosts: values.hosts(),
  };
}

/** What commands need that only talk to Temporal: nothing of directory and hosts has to be set. Throws as above. */
export async function loadClientSettings(sources: Partial<Sources> = {}): Promise<ClientSettings> {
  return clientPart(await reader(sources));
}

function clientPart(values: Reader): ClientSettings {
  const level = values.optionalText('log.level');
  return {
    worker: { taskQueue: values.text('worker.task-queue') },
    records: { folder: values.text('records.folder') },
    ...(level ? { log: { level: level as LogLevel } } : {}),
  };
}

/** By password, unless anything of a certificate is given; never half of each. */
function directoryLogin(values: Reader): PasswordLogin | CertificateLogin {
  const certificateFile = values.optionalText('directory.certificate-file');
  const privateKeyFile = values.optionalText('directory.private-key-file');
  const passphrase = values.optionalSecret('directory.private-key-passphrase');
  if (certificateFile === null && privateKeyFile === null) {
    if (passphrase) throw invalid('[directory] private-key-passphrase', 'needs private-key-file');
    return { user: values.text('directory.user'), password: values.secret('directory.password') };
  }
  const password = values.writtenPlace('directory.user') ?? values.writtenPlace('directory.password');
  if (password) throw invalid(password, 'is given together with a client certificate: keep one of them');
  if (certificateFile === null || privateKeyFile === null) {
    const [given, needed] = certificateFile
      ? ['certificate-file', 'private-key-file']
      : ['private-key-file', 'certificate-file'];
    throw invalid(`[directory] ${given}`, `needs ${needed}`);
  }
  return { certificateFile, privateKeyFile, passphrase };
}

/** The agent that Windows has as a service (ssh-agent). */
const windowsAgent = process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : null;

type Reader = Awaited<ReturnType<typeof reader>>;

async function reader(sources: Partial<Sources>) {
  const folder = sources.folder ?? process.cwd();
  const written = await readSources({ configFile: null, env: process.env, flags: {}, ...sources, folder });

  const optionalText = (name: string): string | null => {
    const key = keyNamed(name);
    const found = written.get(name);
    if (found) return checkedText(key, found);
    if (key.default === 'absent') return null;
    if (key.default === null) throw missing(key, sources.configFile ?? 'dmsa.toml');
    return key.kind === 'path' ? resolve(folder, key.default) : key.default;
  };

  const optionalSecret = (name: string): Secret | null => {
    const found = secretPlaces(name, written);
    if (found.length > 1)
      throw invalid(found[1]!.place, `is given together with ${found[0]!.place}: keep one`);
    if (found[0]) return found[0].secret();
    const key = keyNamed(name);
    if (key.default === null) throw missing(key, sources.configFile ?? 'dmsa.toml');
    return null;
  };

  return {
    optionalText,
    optionalSecret,
    /** Where it is written, for a message; null where it is not. */
    writtenPlace: (name: string): string | null => {
      const place = keyNamed(name).kind === 'secret' ? secretPlaces(name, written)[0] : written.get(name);
      return place?.place ?? null;
    },
    text: (name: string) => optionalText(name)!,
    missing: (name: string, or = '') => missing(keyNamed(name), sources.configFile ?? 'dmsa.toml', or),
    /** `true` is the agent of the environment. */
    agent: (): string => {
      const agent = optionalText('powershell.agent')!;
      if (agent !== 'true') return agent;
      const ofEnvironment = (sources.env ?? process.env).SSH_AUTH_SOCK || windowsAgent;
      if (ofEnvironment) return ofEnvironment;
      const { place } = written.get('powershell.agent')!;
      throw invalid(place, 'there is no SSH_AUTH_SOCK in the environment: start an agent, or write its path');
    },
    secret: (name: string) => optionalSecret(name)!,
    list: (name: string): string[] => {
      const found = written.get(name);
      if (!found) throw missing(keyNamed(name), sources.configFile ?? 'dmsa.toml');
      return checkedList(keyNamed(name), found);
    },
    hosts: () => hostAddresses(written.get('hosts')),
  };
}

function keyNamed(name: string): SettingKey {
  return settingKeys.find((key) => key.name === name)!;
}

function checkedText(key: SettingKey, { value, place, folder }: Written): string {
  const parsed = key.schema.safeParse(value);
  if (!parsed.success) throw wrongForm(key, place);
  return key.kind === 'path' ? resolve(folder, parsed.data) : parsed.data;
}

/** A list in the environment or a flag is separated by commas. */
function checkedList(key: SettingKey, { value, place }: Written): string[] {
  const list = typeof value === 'string' ? value.split(',').map((member) => member.trim()) : value;
  const parsed = z.array(key.schema).min(1).safeParse(list);
  if (!parsed.success) throw wrongForm(key, place);
  return parsed.data;
}

/** A flag or variable replaces every place that the file gives, whichever of the three it is. */
function secretPlaces(name: string, written: Map<string, Written>) {
  const found = secretEndings.flatMap((ending) => {
    const each = written.get(`${name}-${ending}`);
    return each ? [{ ...each, secret: () => secretOf(ending, each) }] : [];
  });
  const rank = ({ place }: { place: string }) =>
    place.startsWith('--set') ? 0 : place.startsWith('DMSA_') ? 1 : 2;
  const best = Math.min(...found.map(rank));
  return found.filter((each) => rank(each) === best);
}

function secretOf(ending: (typeof secretEndings)[number], { value, place, folder }: Written): Secret {
  if (ending === 'command') {
    const words = typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : value;
    const command = z.array(z.string().min(1)).min(1).safeParse(words);
    if (!command.success)
      throw invalid(place, 'must be a program and its arguments, such as ["pass", "show", "dmsa"]');
    return { command: command.data };
  }
  const text = z.string().min(1).safeParse(value);
  if (!text.success)
    throw invalid(place, `must be the ${ending === 'file' ? 'path of a file' : 'name of a variable'}`);
  return ending === 'file' ? { file: resolve(folder, text.data) } : { env: text.data };
}

/** As `ssh-keygen -lf` prints it. */
const fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);
const hostEntry = z
  .strictObject({
    address: z.string().min(1).optional(),
    port: z.int().min(1).max(65_535).optional(),
    fingerprint: z.union([fingerprint.transform((each) => [each]), z.array(fingerprint).min(1)]).optional(),
  })
  .refine((entry) => entry.address !== undefined || entry.fingerprint !== undefined);

function hostAddresses(written: Written | undefined): Record<string, HostAddress> {
  if (!written) return {};
  const { value, place } = written;
  const form = 'must be { address = "10.0.0.5", port = 22, fingerprint = "SHA256:…" }';
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(place, `each host ${form}`);
  return Object.fromEntries(
    Object.entries(value).map(([written, each]) => {
      const parsed = hostEntry.safeParse(each);
      if (!parsed.success) throw invalid(`${place} "${written}"`, form);
      const name = written.toLowerCase();
      return [name, { ...parsed.data, address: parsed.data.address ?? name }];
    }),
  );
}

function missing(key: SettingKey, file: string, or = '') {
  const [section, name] = key.name.split('.');
  const written = key.kind === 'secret' ? `${name}-file` : name;
  return invalid(`${file}: [${section}] ${written}`, `is missing: write ${written} = ${key.example}${or}`);
}

function wrongForm(key: SettingKey, place: string) {
  return invalid(place, `is not acceptable: write it as ${key.name.split('.')[1]} = ${key.example}`);
}
