import { stringify } from 'smol-toml';

import type { Secret } from './secret.ts';
import type {
  CertificateLogin,
  CodecServerSettings,
  EncryptionSettings,
  LocalSettings,
  PasswordLogin,
  Settings,
  SshSettings,
  Webhook,
} from './settings.ts';

/** A `dmsa.toml` that `loadSettings` reads back to the same settings; it names secrets' places, never their values. */
export function settingsToml(settings: Settings): string {
  const { directory, management, powershell, hosts, worker, vote, records, notify, log, ...others } =
    settings;
  const { encryption, codecServer } = others;
  return stringify({
    directory: {
      urls: directory.urls,
      ...optional('ca-file', directory.caFile),
      ...login(directory),
    },
    management: { host: management.host },
    powershell: {
      ...(powershell.transport === 'local' ? localPart(powershell) : sshPart(powershell)),
      ...optional('credential-user', powershell.credential?.user ?? null),
      ...place('credential-password', powershell.credential?.password ?? null),
    },
    worker: {
      'task-queue': worker.taskQueue,
      ...optional('metrics', worker.metrics ?? null),
      ...optional('approver-keys-file', worker.approverKeysFile ?? null),
      ...optional('signing-key-file', worker.signingKeyFile ?? null),
    },
    ...(vote ? { vote: { 'key-file': vote.keyFile } } : {}),
    records: { folder: records.folder },
    ...(log ? { log: { level: log.level } } : {}),
    ...(encryption ? { encryption: encryptionPart(encryption) } : {}),
    ...(codecServer ? { 'codec-server': codecServerPart(codecServer) } : {}),
    hosts,
    ...(notify ? { notify: Object.fromEntries(Object.entries(notify).map(webhook)) } : {}),
  });
}

function webhook([name, { kind, url, secret, events }]: [string, Webhook]) {
  return [name, { kind, ...place('url', url), ...place('secret', secret), ...(events ? { events } : {}) }];
}

function encryptionPart({ keys, keyId }: EncryptionSettings): Record<string, string | string[]> {
  return { ...place('keys', keys), ...optional('key-id', keyId) };
}

function codecServerPart({ token, accessTokens }: CodecServerSettings): Record<string, string | string[]> {
  return {
    ...place('token', token),
    ...optional('token-issuer', accessTokens?.issuer ?? null),
    ...optional('token-audience', accessTokens?.audience ?? null),
    ...optional('jwks-url', accessTokens?.jwksUrl ?? null),
  };
}

function sshPart(ssh: SshSettings): Record<string, string | string[]> {
  return {
    user: ssh.user,
    ...sshLogin(ssh),
    ...optional('known-hosts-file', ssh.knownHostsFile),
    ...optional('jump-host', ssh.jump?.host ?? null),
    ...optional('jump-user', ssh.jump?.user ?? null),
  };
}

function sshLogin(ssh: SshSettings): Record<string, string | string[]> {
  if ('agent' in ssh) return { agent: ssh.agent };
  if ('password' in ssh) return place('password', ssh.password);
  return { 'private-key-file': ssh.privateKeyFile, ...place('passphrase', ssh.passphrase) };
}

function localPart(local: LocalSettings): Record<string, string> {
  return {
    transport: local.transport,
    program: local.program,
    ...optional('configuration-name', local.configurationName),
    ...optional('management-configuration-name', local.managementConfigurationName),
  };
}

function login(directory: PasswordLogin | CertificateLogin): Record<string, string | string[]> {
  if ('user' in directory) return { user: directory.user, ...place('password', directory.password) };
  return {
    'certificate-file': directory.certificateFile,
    'private-key-file': directory.privateKeyFile,
    ...place('private-key-passphrase', directory.passphrase),
  };
}

function optional(key: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [key]: value };
}

function place(key: string, secret: Secret | null): Record<string, string | string[]> {
  if (!secret) return {};
  if ('file' in secret) return { [`${key}-file`]: secret.file };
  if ('env' in secret) return { [`${key}-env`]: secret.env };
  return { [`${key}-command`]: secret.command };
}
