import { powerShellPart } from './powershell.ts';
import { invalid, type SettingSources } from './read.ts';
import { readSettings, type SettingsReader } from './reader.ts';
import type {
  CertificateLogin,
  ClientSettings,
  PasswordLogin,
  ReadingSettings,
  Settings,
  WorkerSettings,
} from './settings.ts';

/**
 * The settings: flags over environment (`DMSA_…`) over `dmsa.toml`. Relative paths are relative to the file they are
 * written in, else to the working folder; secrets are places, not values.
 * Throws DmsaError SETTINGS_INVALID, one line that names the file or variable, the key and the accepted form.
 */
export async function loadSettings(sources: Partial<SettingSources> = {}): Promise<Settings> {
  const values = await readSettings(sources);
  return {
    management: { host: values.text('management.host').toLowerCase() },
    powershell: powerShellPart(values),
    ...values.webhooks(),
    ...directoryPart(values),
    ...clientPart(values),
  };
}

/** The settings, or null without directory and management host, as on a machine that only talks to Temporal. */
export async function loadSettingsIfAny(sources: Partial<SettingSources> = {}): Promise<Settings | null> {
  const values = await readSettings(sources);
  const isSaid = ['directory.urls', 'management.host'].some((name) => values.writtenPlace(name));
  return isSaid ? await loadSettings(sources) : null;
}

/** Settings to read the directory and the records, without hosts. Throws as `loadSettings`. */
export async function loadDirectorySettings(sources: Partial<SettingSources> = {}): Promise<ReadingSettings> {
  const values = await readSettings(sources);
  return { ...directoryPart(values), ...clientPart(values) };
}

function directoryPart(values: SettingsReader): Pick<Settings, 'directory' | 'hosts'> {
  return {
    directory: {
      urls: values.list('directory.urls'),
      caFile: values.optionalText('directory.ca-file'),
      ...directoryLogin(values),
    },
    hosts: values.hosts(),
  };
}

/** Settings of commands that only talk to Temporal; directory and hosts may be missing. Throws as `loadSettings`. */
export async function loadClientSettings(sources: Partial<SettingSources> = {}): Promise<ClientSettings> {
  return clientPart(await readSettings(sources));
}

function clientPart(values: SettingsReader): ClientSettings {
  const vote = values.section<Partial<NonNullable<Settings['vote']>>>('vote');
  const log = values.section<Partial<NonNullable<Settings['log']>>>('log');
  return {
    worker: values.section<WorkerSettings>('worker'),
    ...(vote.keyFile && { vote: { keyFile: vote.keyFile } }),
    records: values.section<Settings['records']>('records'),
    ...(log.level && { log: { level: log.level } }),
    ...encryptionPart(values),
    ...codecServerPart(values),
  };
}

function encryptionPart(values: SettingsReader): Pick<Settings, 'encryption'> {
  const keys = values.optionalSecret('encryption.keys');
  const keyId = values.optionalText('encryption.key-id');
  if (keys) return { encryption: { keys, keyId } };
  // A key id alone would encrypt nothing.
  if (keyId) throw invalid(values.writtenPlace('encryption.key-id')!, 'needs keys-file, -env or -command');
  return {};
}

function codecServerPart(values: SettingsReader): Pick<Settings, 'codecServer'> {
  const token = values.optionalSecret('codec-server.token');
  const [issuer, audience, jwksUrl] = tokenKeys.map((key) => values.optionalText(key)) as (string | null)[];
  if (issuer && audience && jwksUrl) {
    return { codecServer: { token, accessTokens: { issuer, audience, jwksUrl } } };
  }
  const given = tokenKeys.find((key) => values.writtenPlace(key));
  if (given)
    throw invalid(
      values.writtenPlace(given)!,
      'give token-issuer, token-audience and jwks-url together, or none of them',
    );
  return token ? { codecServer: { token, accessTokens: null } } : {};
}

/** Access tokens need all three: with fewer, tokens that were made for something else would count. */
const tokenKeys = ['codec-server.token-issuer', 'codec-server.token-audience', 'codec-server.jwks-url'];

/** Login by certificate if anything of one is given, else by password. */
function directoryLogin(values: SettingsReader): PasswordLogin | CertificateLogin {
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
