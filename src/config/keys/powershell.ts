import { z } from 'zod';

import { filled, type SettingKey } from './key.ts';

const configurationName = z.string().regex(/^[A-Za-z0-9_.-]+$/);

/** Settings for reaching hosts. */
export const powerShellKeys: SettingKey[] = [
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
    at: 'powershell.jump.host',
    example: '"bastion.contoso.com"',
    meaning: 'Host that all SSH connections go through. Its host key is checked as theirs are.',
  },
  {
    name: 'powershell.jump-user',
    kind: 'text',
    default: 'absent',
    schema: filled,
    at: 'powershell.jump.user',
    example: '"dmsa"',
    meaning:
      'Who logs in to the jump host, with the same key, agent or password; `user` where it is not given.',
  },
  {
    name: 'powershell.credential-user',
    kind: 'text',
    default: 'absent',
    schema: filled,
    at: 'powershell.credential.user',
    example: '"CONTOSO\\\\svc-dmsa-admin"',
    meaning: 'Who runs the cmdlets that talk to a domain controller: a key login has no network credentials.',
  },
  {
    name: 'powershell.credential-password',
    kind: 'secret',
    default: 'absent',
    schema: filled,
    at: 'powershell.credential.password',
    example: '"credential.password"',
    meaning: 'Where the password of that account is.',
  },
];
