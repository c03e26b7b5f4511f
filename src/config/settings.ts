import type { NoticeEvent } from '../domain/migration/notice.ts';
import type { Secret } from './secret.ts';

/** Settings of the worker and the command line, from flags, environment and `dmsa.toml`. */
export interface Settings {
  directory: DirectorySettings;
  management: { host: string };
  powershell: PowerShellSettings;
  /** Addresses that differ from the names, by lower-case DNS name: hosts, the management host and DCs alike. */
  hosts: Record<string, HostAddress>;
  worker: WorkerSettings;
  /** Private key that votes are signed with. */
  vote?: { keyFile: string };
  /** Folder of journals and reports. */
  records: { folder: string };
  /** Webhooks by name; absent for none. */
  notify?: Record<string, Webhook>;
  /** Absent for the default of each command. */
  log?: { level: LogLevel };
  /** Absent if Temporal stores payloads in clear. */
  encryption?: EncryptionSettings;
  codecServer?: CodecServerSettings;
}

/** The keys of payloads. */
export interface EncryptionSettings {
  /** Place of the key ring. */
  keys: Secret;
  /** The key that encrypts; the first of the ring where null. */
  keyId: string | null;
}

/** Callers that `dmsa codec-server` answers: those with the token, or with a token that the issuer signed. */
export interface CodecServerSettings {
  token: Secret | null;
  /** Access tokens (JWT) of the people who use Temporal's UI. */
  accessTokens: { issuer: string; audience: string; jwksUrl: string } | null;
}

/** Settings of commands that only talk to Temporal. */
export type ClientSettings = Pick<
  Settings,
  'worker' | 'vote' | 'records' | 'log' | 'encryption' | 'codecServer'
>;

/** Settings of commands that only read the directory. */
export type ReadingSettings = ClientSettings & Pick<Settings, 'directory' | 'hosts'>;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

export interface WorkerSettings {
  taskQueue: string;
  /** `HOST:PORT` where Prometheus may read metrics; absent for nowhere. */
  metrics?: string;
  /** JWK set of the only approvers that count; absent where plans may go unsigned. */
  approverKeysFile?: string;
  /** JWK file of the Ed25519 key that reports are signed with; absent for reports that are not. */
  signingKeyFile?: string;
}

/** Domain controllers to read from, and the login for it. */
export type DirectorySettings = DirectoryServers & (PasswordLogin | CertificateLogin);

export interface DirectoryServers {
  /** `ldaps://dc1.contoso.com:636`, or `ldap://dc1.contoso.com:389` for StartTLS, in the order to try. */
  urls: string[];
  /** PEM file of the CA that issued the DCs' certificates; the CAs that Node.js trusts where null. */
  caFile: string | null;
}

export interface PasswordLogin {
  /** A DN or `user@domain`. */
  user: string;
  password: Secret;
}

export interface CertificateLogin {
  /** PEM file of the certificate, and of those between it and its CA. */
  certificateFile: string;
  /** PEM file. */
  privateKeyFile: string;
  /** Passphrase of the private key; null if it is not encrypted. */
  passphrase: Secret | null;
}

export type PowerShellSettings = SshSettings | LocalSettings;

/** Over OpenSSH, with one of three logins. */
export type SshSettings = SshServers & (SshKeyLogin | SshAgentLogin | SshPasswordLogin);

export interface SshServers {
  transport: 'ssh';
  user: string;
  /** Null where each host has its fingerprints under `hosts`. */
  knownHostsFile: string | null;
  /** The host that connections go through, and who logs in there, with the same key, agent or password. */
  jump?: { host: string; user: string };
  /**
   * Login for cmdlets that talk to a DC: a key login over SSH has no network credentials. Null if the session
   * can reach the DC by itself.
   */
  credential: { user: string; password: Secret } | null;
}

export interface SshKeyLogin {
  /** In the form that OpenSSH writes. */
  privateKeyFile: string;
  /** Passphrase of the key; null if it is not encrypted. */
  passphrase: Secret | null;
}

export interface SshAgentLogin {
  /** Socket of an SSH agent, or the named pipe of Windows' own. */
  agent: string;
}

export interface SshPasswordLogin {
  /** Password of `user`; also given to a server that asks for it by keyboard-interactive. */
  password: Secret;
}

/** Local PowerShell on a Windows machine, with this program's own identity; hosts over WinRM. */
export interface LocalSettings {
  transport: 'local';
  /** `powershell.exe`, or its path. */
  program: string;
  /** Session configuration (JEA endpoint) of the hosts; null for the default one, to which scripts are sent. */
  configurationName: string | null;
  /** Session configuration of the management host. */
  managementConfigurationName: string | null;
  /** Login for cmdlets that talk to a DC; null if this program's identity may do it all. */
  credential: { user: string; password: Secret } | null;
}

export interface Webhook {
  kind: 'json' | 'slack' | 'teams';
  /** Place of the URL. The URL is kept like a password, as it allows anyone to write there. */
  url: Secret;
  /** Key that bodies of kind `json` are signed with; null for no signature. */
  secret: Secret | null;
  /** Events to tell; null for all. */
  events: NoticeEvent[] | null;
}

export interface HostAddress {
  address: string;
  /** Absent for the port of whatever is spoken there: 22 for SSH, for a DC that of its URL. */
  port?: number;
  /** `SHA256:…` of the host's SSH keys: in place of known_hosts, for this host. */
  fingerprint?: string[];
}
