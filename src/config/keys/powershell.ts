import { z } from 'zod';

import { filled, type SettingKey } from './key.ts';

const configurationName = z.string().regex(/^[A-Za-z0-9_.-]+$/);

/** Settings for reaching hosts. */
export const powerShellKeys: SettingKey[] = [
  {
    name: 'management.host',
    kind: 'text',
    required: true,
    schema: z.string().regex(/^[A-Za-z0-9_.-]+$/),
    example: '"mgmt.contoso.com"',
    meaning: 'Host with the ActiveDirectory module of Windows Server 2025, where the cmdlets run.',
  },
  {
    name: 'powershell.transport',
    kind: 'text',
    default: 'ssh',
    schema: z.enum(['ssh', 'local']),
    example: '"local"',
    meaning:
      'Way to the hosts: `ssh`, or `local`, which is WinRM from a Windows machine with the identity of the worker. See docs/windows.md.',
  },
  {
    name: 'powershell.program',
    kind: 'text',
    example: '"powershell.exe"',
    meaning: 'Program that `local` runs, by name or path; by default `powershell.exe`.',
  },
  {
    name: 'powershell.configuration-name',
    kind: 'text',
    schema: configurationName,
    example: '"DmsaHost"',
    meaning:
      'With `local`: JEA endpoint of the hosts. Without it, scripts are sent to the default endpoint, which is for administrators.',
  },
  {
    name: 'powershell.management-configuration-name',
    kind: 'text',
    schema: configurationName,
    example: '"DmsaManagement"',
    meaning:
      'With `local`: JEA endpoint of the management host. Without it, the cmdlets run in the worker’s own session if that is the same machine.',
  },
  {
    name: 'powershell.user',
    kind: 'text',
    required: true,
    example: '"CONTOSO\\\\svc-dmsa"',
    meaning: 'Account that logs in to the hosts over SSH.',
  },
  {
    name: 'powershell.private-key-file',
    kind: 'path',
    example: '"id_ed25519"',
    meaning:
      'Private key of that login, in the form of OpenSSH; alternatives are `agent` and `password`. See docs/ssh.md.',
  },
  {
    name: 'powershell.passphrase',
    kind: 'secret',
    example: '"id_ed25519.passphrase"',
    meaning: 'Passphrase of the key, if it has one.',
  },
  {
    name: 'powershell.agent',
    kind: 'text',
    schema: z.preprocess((value) => (value === true ? 'true' : value), filled),
    example: 'true',
    meaning:
      'SSH agent that holds the key: `true` for the one of the environment (`SSH_AUTH_SOCK`; on Windows its own agent), or the path of its socket.',
  },
  {
    name: 'powershell.password',
    kind: 'secret',
    example: '"powershell.password"',
    meaning: 'Password of that login; also for servers that ask for it by keyboard-interactive.',
  },
  {
    name: 'powershell.known-hosts-file',
    kind: 'path',
    example: '"known_hosts"',
    meaning:
      'Host keys, in the form of OpenSSH. Every host needs a key here or a `fingerprint` under `[hosts]`.',
  },
  {
    name: 'powershell.jump-host',
    kind: 'text',
    schema: z.string().regex(/^[A-Za-z0-9_.-]+$/),
    at: 'powershell.jump.host',
    example: '"bastion.contoso.com"',
    meaning: 'Host that all SSH connections go through. Its host key is checked, too.',
  },
  {
    name: 'powershell.jump-user',
    kind: 'text',
    at: 'powershell.jump.user',
    example: '"dmsa"',
    meaning:
      'Account that logs in to the jump host, with the same key, agent or password; by default `user`.',
  },
  {
    name: 'powershell.credential-user',
    kind: 'text',
    at: 'powershell.credential.user',
    example: '"CONTOSO\\\\svc-dmsa-admin"',
    meaning:
      'Account of the cmdlets that talk to a domain controller: a key login has no network credentials.',
  },
  {
    name: 'powershell.credential-password',
    kind: 'secret',
    at: 'powershell.credential.password',
    example: '"credential.password"',
    meaning: 'Password of that account.',
  },
];
