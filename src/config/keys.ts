import { z } from 'zod';

import { logLevels } from './settings.ts';

/**
 * Every setting there is, but for `[hosts]`. One table makes the keys of `dmsa.toml`, the names of environment
 * variables (`DMSA_DIRECTORY_CA_FILE`), the names that `--set` takes (`directory.ca-file`) and `docs/settings.md`.
 */
export interface SettingKey {
  /** `section.key`; a secret's key stands for `<key>-file`, `<key>-env` and `<key>-command`. */
  name: string;
  kind: 'text' | 'list' | 'path' | 'secret';
  /** Null for a setting that has to be given; `absent` for one that may be left out. */
  default: string | 'absent' | null;
  /** What its text, or each member of its list, has to be. */
  schema: z.ZodType<string>;
  /** The accepted form, as it would stand in `dmsa.toml`. */
  example: string;
  meaning: string;
}

const filled = z.string().min(1);
const configurationName = z.string().regex(/^[A-Za-z0-9_.-]+$/);

export const settingKeys: SettingKey[] = [
  {
    name: 'directory.urls',
    kind: 'list',
    default: null,
    schema: z.url({ protocol: /^ldaps?$/ }),
    example: '["ldaps://dc1.contoso.com:636"]',
    meaning:
      'Domain controllers of one domain to read from, in the order to try. With `ldap://`, TLS starts on the plain port (StartTLS), and nothing is said before.',
  },
  {
    name: 'directory.ca-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"contoso-ca.pem"',
    meaning: 'PEM file of the CA that issued their certificates; without it, the CAs that Node.js trusts.',
  },
  {
    name: 'directory.user',
    kind: 'text',
    default: null,
    schema: filled,
    example: '"svc-dmsa@contoso.com"',
    meaning: 'Who binds: a DN or user@domain. Reading is all it does. Not with a certificate-file.',
  },
  {
    name: 'directory.password',
    kind: 'secret',
    default: null,
    schema: filled,
    example: '"directory.password"',
    meaning: 'Where its password is. Not with a certificate-file.',
  },
  {
    name: 'directory.certificate-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"svc-dmsa.pem"',
    meaning:
      'PEM file of a client certificate that binds in the place of user and password, with the certificates between it and its CA.',
  },
  {
    name: 'directory.private-key-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"svc-dmsa.key"',
    meaning:
      'PEM file of its private key. One of this user that others may read is refused, as OpenSSH refuses it.',
  },
  {
    name: 'directory.private-key-passphrase',
    kind: 'secret',
    default: 'absent',
    schema: filled,
    example: '"svc-dmsa.passphrase"',
    meaning: 'Where the passphrase of the key is, if it has one.',
  },
  {
    name: 'management.host',
    kind: 'text',
    default: null,
    schema: z.string().regex(/^[A-Za-z0-9_.-]+$/),
    example: '"mgmt.contoso.com"',
    meaning: 'The host with the ActiveDirectory module of Windows Server 2025, where the cmdlets run.',
  },
  {
    name: 'powershell.transport',
    kind: 'text',
    default: 'ssh',
    schema: z.enum(['ssh', 'local']),
    example: '"local"',
    meaning:
      'How hosts are reached: `ssh`, or `local`: from a Windows machine, with the identity of the worker, over WinRM. See docs/windows.md.',
  },
  {
    name: 'powershell.program',
    kind: 'text',
    default: 'absent',
    schema: filled,
    example: '"powershell.exe"',
    meaning: 'Program that `local` runs, by name or path; `powershell.exe` where it is not given.',
  },
  {
    name: 'powershell.configuration-name',
    kind: 'text',
    default: 'absent',
    schema: configurationName,
    example: '"DmsaHost"',
    meaning:
      'With `local`: JEA endpoint of the hosts. Without it, scripts are sent to the default endpoint, which is for administrators.',
  },
  {
    name: 'powershell.management-configuration-name',
    kind: 'text',
    default: 'absent',
    schema: configurationName,
    example: '"DmsaManagement"',
    meaning:
      'With `local`: JEA endpoint of the management host. Without it, the cmdlets run in the worker’s own session where that is the same machine.',
  },
  {
    name: 'powershell.user',
    kind: 'text',
    default: null,
    schema: filled,
    example: '"CONTOSO\\\\svc-dmsa"',
    meaning: 'Who logs in to the hosts over SSH.',
  },
  {
    name: 'powershell.private-key-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"id_ed25519"',
    meaning:
      'Private key of that login, in the form that OpenSSH writes; or else `agent` or `password`. See docs/ssh.md.',
  },
  {
    name: 'powershell.passphrase',
    kind: 'secret',
    default: 'absent',
    schema: filled,
    example: '"id_ed25519.passphrase"',
    meaning: 'Where the passphrase of the key is, if it has one.',
  },
  {
    name: 'powershell.agent',
    kind: 'text',
    default: 'absent',
    schema: z.preprocess((value) => (value === true ? 'true' : value), filled),
    example: 'true',
    meaning:
      'SSH agent that holds the key: `true` for the one of the environment (`SSH_AUTH_SOCK`; on Windows its own agent), or the path of its socket.',
  },
  {
    name: 'powershell.password',
    kind: 'secret',
    default: 'absent',
    schema: filled,
    example: '"powershell.password"',
    meaning: 'Where the password of that login is; also for servers that ask for it by keyboard-interactive.',
  },
  {
    name: 'powershell.known-hosts-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"known_hosts"',
    meaning:
      'Host keys, in the form of OpenSSH; a host that is neither in it nor has a `fingerprint` under `[hosts]` is not talked to.',
  },
  {
    name: 'powershell.jump-host',
    kind: 'text',
    default: 'absent',
    schema: z.string().regex(/^[A-Za-z0-9_.-]+$/),
    example: '"bastion.contoso.com"',
    meaning: 'Host that all SSH connections go through. Its host key is checked as theirs are.',
  },
  {
    name: 'powershell.jump-user',
    kind: 'text',
    default: 'absent',
    schema: filled,
    example: '"dmsa"',
    meaning:
      'Who logs in to the jump host, with the same key, agent or password; `user` where it is not given.',
  },
  {
    name: 'powershell.credential-user',
    kind: 'text',
    default: 'absent',
    schema: filled,
    example: '"CONTOSO\\\\svc-dmsa-admin"',
    meaning: 'Who runs the cmdlets that talk to a domain controller: a key login has no network credentials.',
  },
  {
    name: 'powershell.credential-password',
    kind: 'secret',
    default: 'absent',
    schema: filled,
    example: '"credential.password"',
    meaning: 'Where the password of that account is.',
  },
  {
    name: 'worker.task-queue',
    kind: 'text',
    default: 'dmsa',
    schema: filled,
    example: '"dmsa"',
    meaning: 'Temporal task queue of the worker; `dmsa start` has to name the same.',
  },
  {
    name: 'records.folder',
    kind: 'path',
    default: 'records',
    schema: filled,
    example: '"records"',
    meaning: 'Where journals are mirrored and reports are written.',
  },
  {
    name: 'log.level',
    kind: 'text',
    default: 'absent',
    schema: z.enum(logLevels),
    example: '"info"',
    meaning: `What is logged to standard error: ${logLevels.join(', ')}. Commands log warnings, the worker more.`,
  },
];

/** The three places a secret may be in, as endings of its key. */
export const secretEndings = ['file', 'env', 'command'] as const;

/** `directory.ca-file` is `DMSA_DIRECTORY_CA_FILE`. */
export function environmentName(name: string): string {
  return `DMSA_${name.replace(/[.-]/g, '_').toUpperCase()}`;
}
