import { settingKeys } from './keys.ts';
import { invalid } from './read.ts';
import type { SettingsReader } from './reader.ts';
import type { Secret } from './secret.ts';
import type {
  LocalSettings,
  PowerShellSettings,
  SshAgentLogin,
  SshKeyLogin,
  SshPasswordLogin,
  SshSettings,
} from './settings.ts';

/** `[powershell]`: how hosts are reached, and as whom. Throws DmsaError SETTINGS_INVALID for what does not go together. */
export function powerShellPart(values: SettingsReader): PowerShellSettings {
  return values.text('powershell.transport') === 'local' ? localPart(values) : sshPart(values);
}

function localPart(values: SettingsReader): LocalSettings {
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

function sshPart(values: SettingsReader): SshSettings {
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
function sshLogin(values: SettingsReader): SshKeyLogin | SshAgentLogin | SshPasswordLogin {
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
function knownHostsFile(values: SettingsReader): string | null {
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

function refuse(values: SettingsReader, keys: string[], why: string): void {
  for (const key of keys) {
    const place = values.writtenPlace(`powershell.${key}`);
    if (place) throw invalid(place, why);
  }
}

function cmdletCredential(values: SettingsReader): { user: string; password: Secret } | null {
  const user = values.optionalText('powershell.credential-user');
  const password = values.optionalSecret('powershell.credential-password');
  if ((user === null) !== (password === null))
    throw invalid(
      '[powershell] credential-user',
      'give credential-user and credential-password-file (-env, -command) together, or neither',
    );
  return user && password ? { user, password } : null;
}
